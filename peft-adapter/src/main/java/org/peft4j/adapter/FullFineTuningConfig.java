package org.peft4j.adapter;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;

/**
 * Settings of full fine-tuning, which has none of its own.
 *
 * @param taskType the task, or null
 * @param baseModelNameOrPath the base, or null
 */
public record FullFineTuningConfig(
        @Nullable TaskType taskType, @Nullable String baseModelNameOrPath) implements PeftConfig {

    static final String PEFT_TYPE = "FULL_FINE_TUNING";

    /** Full fine-tuning of whatever base it is added to. */
    public FullFineTuningConfig() {
        this(null, null);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public List<String> modulesToSave() {
        return List.of();
    }

    @Override
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("peft_type", PEFT_TYPE);
        json.add("task_type", JsonNull.INSTANCE);
        json.add("base_model_name_or_path", JsonNull.INSTANCE);
        json.addProperty("inference_mode", false);
        if (taskType != null) {
            json.addProperty("task_type", taskType.name());
        }
        if (baseModelNameOrPath != null) {
            json.addProperty("base_model_name_or_path", baseModelNameOrPath);
        }
        return json;
    }

    @Override
    public PeftConfig withModulesToSave(List<String> names) {
        return this; // the whole base is trained and saved anyway
    }

    @Override
    public PeftConfig withBaseModel(String nameOrPath) {
        return new FullFineTuningConfig(taskType, nameOrPath);
    }
}
