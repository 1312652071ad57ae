package org.peft4j.core;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.targets.TargetSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What reading and writing {@code adapter_config.json} takes in every method. */
public final class PeftConfigJson {

    private static final Logger LOG = LoggerFactory.getLogger(PeftConfigJson.class);

    private PeftConfigJson() {}

    /**
     * Reads a config: refuses settings that are not implemented, says which file holds a wrong
     * value, and warns of keys that nobody knows.
     *
     * @param json the file
     * @param notImplemented settings that would change the numbers, with the values that mean
     *     nothing
     * @param settings reads the rest; its config knows every other key
     * @throws BadFileException if the file asks for what is not implemented, or has a wrong value
     */
    public static <C extends PeftConfig> C read(
            JsonFields json, JsonObject notImplemented, Supplier<C> settings) {
        notImplemented.entrySet().forEach(e -> requireNeutral(json, e.getKey(), e.getValue()));
        C config;
        try {
            config = settings.get();
        } catch (BadFileException e) {
            throw e;
        } catch (PeftException e) {
            throw new BadFileException(
                    json.file(),
                    String.valueOf(e.getMessage()).replaceAll("\\.$", ""),
                    "Correct it by hand, or restore the file from where it came from",
                    e);
        }
        Set<String> unknown = new TreeSet<>(json.object().keySet());
        unknown.removeAll(config.toJson().keySet());
        unknown.removeAll(notImplemented.keySet());
        if (!unknown.isEmpty()) {
            LOG.warn("{}: unknown keys {} are ignored", json.file(), unknown);
        }
        return config;
    }

    private static void requireNeutral(JsonFields json, String key, JsonElement neutral) {
        if (json.has(key) && !isNeutral(json.object().get(key), neutral)) {
            throw unsupported(json, key, "Use an adapter that was trained without it");
        }
    }

    private static boolean isNeutral(JsonElement value, JsonElement neutral) {
        return value.equals(neutral)
                || (value instanceof JsonObject object && object.isEmpty())
                || (value instanceof JsonArray array && array.isEmpty());
    }

    /**
     * Says that a setting is not implemented.
     *
     * @param json the file
     * @param key the setting
     * @param remedy what to do about it
     */
    public static BadFileException unsupported(JsonFields json, String key, String remedy) {
        return new BadFileException(
                json.file(),
                key
                        + " is "
                        + json.object().get(key)
                        + ", which is not supported: the adapter would compute other numbers than in"
                        + " Python",
                remedy);
    }

    /** Returns a whole number as Python's int, any other as its float. */
    public static JsonPrimitive number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? new JsonPrimitive((long) value)
                : new JsonPrimitive(value);
    }

    /** Returns an array of values. */
    public static <T> JsonArray array(List<T> values, Function<T, JsonPrimitive> toJson) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(toJson.apply(value)));
        return array;
    }

    /** Returns what a pattern such as {@code exclude_modules} says, or null if there is none. */
    public static JsonElement patternOrNull(TargetSpec.@Nullable ModulePattern pattern) {
        return pattern == null ? JsonNull.INSTANCE : pattern.toJson();
    }

    /** Returns an array of names, or null if there are none. */
    public static JsonElement namesOrNull(List<String> names) {
        return names.isEmpty() ? JsonNull.INSTANCE : array(names, JsonPrimitive::new);
    }
}
