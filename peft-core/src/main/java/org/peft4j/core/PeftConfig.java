package org.peft4j.core;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one adapter, in one-to-one correspondence with {@code adapter_config.json}.
 * Implementations are immutable and check themselves when made.
 */
public interface PeftConfig {

    /** Returns the method's name in {@code adapter_config.json}, as {@code LORA}. */
    String peftType();

    /** Returns the keys that every method has: the task and the base, as far as they are known. */
    AdapterOrigin origin();

    /** Returns the task, or null if the file named none. */
    default @Nullable TaskType taskType() {
        return origin().taskType();
    }

    /** Returns the base that the adapter was made for, or null if unknown. */
    default @Nullable String baseModelNameOrPath() {
        return origin().baseModelNameOrPath();
    }

    /**
     * Returns names of modules that are trained and saved as a whole beside the method's own
     * parameters; empty for none.
     */
    List<String> modulesToSave();

    /**
     * Returns whether a trained copy of an embedding also stands in for the output embedding that
     * the base ties to it; only peft's LoRA has this setting.
     */
    default boolean ensureWeightTying() {
        return false;
    }

    /**
     * Returns the names of other adapters of the model that this one is made of; it holds them as
     * long as it lives.
     */
    default List<String> composes() {
        return List.of();
    }

    /** Returns {@code adapter_config.json} with every key that peft writes for this method. */
    JsonObject toJson();

    /** Returns the same settings for a named base. */
    PeftConfig withBaseModel(String nameOrPath);

    /** Returns the same settings with other {@link #modulesToSave}. */
    PeftConfig withModulesToSave(List<String> names);
}
