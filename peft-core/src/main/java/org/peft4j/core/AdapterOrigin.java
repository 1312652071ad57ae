package org.peft4j.core;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.JsonFields;

/**
 * The keys of {@code adapter_config.json} that every method has: where an adapter comes from.
 *
 * @param taskType what the base's head did, or null
 * @param baseModelNameOrPath the base, or null if unknown
 * @param revision the base's revision on the hub, or null
 * @param autoMapping the Python classes that peft notes where there is no task, or null
 * @param peftVersion the peft whose format the config follows
 */
public record AdapterOrigin(
        @Nullable TaskType taskType,
        @Nullable String baseModelNameOrPath,
        @Nullable String revision,
        @Nullable JsonObject autoMapping,
        String peftVersion) {

    /** The version of Python's peft whose files this library writes. */
    public static final String PEFT_VERSION = "0.21.2";

    /** Copies the mapping. */
    public AdapterOrigin {
        autoMapping = autoMapping == null ? null : autoMapping.deepCopy();
    }

    /** Returns the origin of an adapter of which nothing is known yet. */
    public static AdapterOrigin unknown() {
        return new AdapterOrigin(null, null, null, null, PEFT_VERSION);
    }

    /** Reads the common keys. */
    public static AdapterOrigin read(JsonFields json) {
        Optional<TaskType> task = json.optionalString("task_type").map(name -> task(json, name));
        return new AdapterOrigin(
                task.orElse(null),
                json.optionalString("base_model_name_or_path").orElse(null),
                json.optionalString("revision").orElse(null),
                json.optionalObject("auto_mapping").map(JsonFields::object).orElse(null),
                json.optionalString("peft_version").orElse(PEFT_VERSION));
    }

    private static TaskType task(JsonFields json, String name) {
        for (TaskType task : TaskType.values()) {
            if (task.name().equals(name)) {
                return task;
            }
        }
        throw json.mustBe(
                "task_type", "null or one of " + java.util.Arrays.toString(TaskType.values()));
    }

    /**
     * Writes the common keys as peft does for a saved adapter.
     *
     * @param json takes them
     * @param peftType the method's name
     */
    public void writeTo(JsonObject json, String peftType) {
        json.addProperty("peft_type", peftType);
        json.addProperty("task_type", taskType == null ? null : taskType.name());
        json.addProperty("base_model_name_or_path", baseModelNameOrPath);
        json.addProperty("revision", revision);
        JsonElement mapping = autoMapping == null ? JsonNull.INSTANCE : autoMapping.deepCopy();
        json.add("auto_mapping", mapping);
        json.addProperty("peft_version", peftVersion);
        json.addProperty("inference_mode", true);
    }

    /** Returns the same origin with another base. */
    public AdapterOrigin withBase(@Nullable String nameOrPath) {
        return new AdapterOrigin(taskType, nameOrPath, revision, autoMapping, peftVersion);
    }

    /** Returns the same origin with another task. */
    public AdapterOrigin withTask(@Nullable TaskType task) {
        return new AdapterOrigin(task, baseModelNameOrPath, revision, autoMapping, peftVersion);
    }

    /** Returns a copy, because it can be changed. */
    @Override
    public @Nullable JsonObject autoMapping() {
        return autoMapping == null ? null : autoMapping.deepCopy();
    }
}
