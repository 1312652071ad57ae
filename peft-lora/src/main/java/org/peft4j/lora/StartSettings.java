package org.peft4j.lora;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * What Python's peft notes of how an adapter started, such as {@code eva_config}: without effect
 * once it is trained, and written back as it was read.
 *
 * @param byKey the keys of {@code adapter_config.json} that are set
 */
public record StartSettings(JsonObject byKey) {

    private static final List<String> NULL_IF_UNUSED =
            List.of("corda_config", "eva_config", "lora_ga_config");

    private static final String LOFTQ = "loftq_config";

    /** Copies. */
    public StartSettings {
        byKey = byKey.deepCopy();
    }

    /** Nothing to note. */
    public static StartSettings none() {
        return new StartSettings(new JsonObject());
    }

    /** Returns a copy. */
    @Override
    public JsonObject byKey() {
        return byKey.deepCopy();
    }

    static StartSettings read(JsonObject config) {
        JsonObject set = new JsonObject();
        for (String key : NULL_IF_UNUSED) {
            keep(config, key, set);
        }
        keep(config, LOFTQ, set);
        return new StartSettings(set);
    }

    private static void keep(JsonObject config, String key, JsonObject set) {
        JsonElement value = config.get(key);
        if (value != null && !value.isJsonNull() && !value.equals(new JsonObject())) {
            set.add(key, value);
        }
    }

    void writeTo(JsonObject config) {
        NULL_IF_UNUSED.forEach(key -> config.add(key, JsonNull.INSTANCE));
        config.add(LOFTQ, new JsonObject());
        byKey().entrySet().forEach(e -> config.add(e.getKey(), e.getValue()));
    }
}
