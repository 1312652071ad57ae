package org.peft4j.core.targets;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;

/** What {@code target_modules} may say. */
public sealed interface TargetSpec {

    /** The shorthand for every linear, in any case. */
    String ALL_LINEAR = "all-linear";

    /** Says which modules by their paths; {@code exclude_modules} takes one of these too. */
    sealed interface ModulePattern extends TargetSpec {

        /** Returns whether a module path is meant. */
        boolean matches(String path);
    }

    /**
     * Module paths or their endings after a dot: {@code q_proj} means {@code
     * model.layers.0.self_attn.q_proj} and its like.
     *
     * @param names without repetition
     */
    record Names(List<String> names) implements ModulePattern {

        /** Copies the names and drops repetitions. */
        public Names {
            names = List.copyOf(new LinkedHashSet<>(names));
            if (names.contains("")) {
                throw new PeftException("a list of module names must not hold an empty name.");
            }
        }

        @Override
        public boolean matches(String path) {
            return names.stream().anyMatch(name -> isOrEndsWith(path, name));
        }

        static boolean isOrEndsWith(String path, String name) {
            return path.equals(name) || path.endsWith("." + name);
        }
    }

    /**
     * A regular expression over the whole path, in Python's spelling.
     *
     * @param pattern such as {@code .*\.(q|v)_proj}
     */
    record Regex(PythonPattern pattern) implements ModulePattern {

        /** Compiles an expression. */
        public static Regex of(String source) {
            return new Regex(PythonPattern.compile(source));
        }

        @Override
        public boolean matches(String path) {
            return pattern.matches(path);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Regex that
                    && pattern.toString().equals(that.pattern.toString());
        }

        @Override
        public int hashCode() {
            return pattern.toString().hashCode();
        }
    }

    /** Every linear but the output embedding and task heads. */
    record AllLinear() implements TargetSpec {}

    /** What the method takes by default on the base at hand. */
    record Default() implements TargetSpec {}

    /**
     * Understands a string as peft does: the shorthand {@code all-linear}, or a regular expression.
     */
    static TargetSpec ofString(String text) {
        return text.toLowerCase(Locale.ROOT).equals(ALL_LINEAR) ? new AllLinear() : Regex.of(text);
    }

    /**
     * Reads {@code target_modules}.
     *
     * @param json the config
     * @param key the field: a string, a list of strings, or null for the default
     */
    static TargetSpec read(JsonFields json, String key) {
        JsonElement value = json.object().get(key);
        if (value instanceof JsonPrimitive text && text.isString()) {
            return ofString(text.getAsString());
        }
        return json.has(key) ? new Names(names(json, key)) : new Default();
    }

    /**
     * Reads {@code exclude_modules}.
     *
     * @param json the config
     * @param key the field: a regular expression, a list of strings, or null
     */
    static @Nullable ModulePattern readPattern(JsonFields json, String key) {
        JsonElement value = json.object().get(key);
        if (value instanceof JsonPrimitive text && text.isString()) {
            return Regex.of(text.getAsString());
        }
        return json.has(key) ? new Names(names(json, key)) : null;
    }

    private static List<String> names(JsonFields json, String key) {
        if (!(json.object().get(key) instanceof JsonArray)) {
            throw json.mustBe(key, "a string, a list of strings, or null");
        }
        return json.strings(key);
    }

    /** Returns the value for {@code adapter_config.json}. */
    default JsonElement toJson() {
        if (this instanceof Names list) {
            JsonArray array = new JsonArray();
            list.names().forEach(array::add);
            return array;
        }
        if (this instanceof Regex regex) {
            return new JsonPrimitive(regex.pattern().toString());
        }
        return this instanceof AllLinear ? new JsonPrimitive(ALL_LINEAR) : JsonNull.INSTANCE;
    }
}
