package org.peft4j.core;

import org.peft4j.core.files.JsonFields;

/**
 * A fine-tuning method. Found by {@link java.util.ServiceLoader}: one implementation and one line
 * in {@code META-INF/services/org.peft4j.core.PeftMethod} add it.
 */
public interface PeftMethod {

    /** Returns the method's name in {@code adapter_config.json}, as {@code LORA}. */
    String peftType();

    /**
     * Reads {@code adapter_config.json}.
     *
     * @param json the file's content; it names the file in messages
     * @throws PeftException if a value is wrong, or asks for what this implementation does not do
     */
    PeftConfig readConfig(JsonFields json);

    /**
     * Completes a config for a base: whatever the config leaves open, such as default target
     * modules, is settled here, so that the saved file says what was trained.
     */
    default PeftConfig resolve(PeftConfig config, BaseModel base) {
        return config;
    }

    /**
     * Says what an adapter is: its parameters and what it places at the base's injection points.
     *
     * @param config a resolved config of this method
     * @param builder takes parameters and placements; knows the base
     */
    void build(PeftConfig config, AdapterBuilder builder);
}
