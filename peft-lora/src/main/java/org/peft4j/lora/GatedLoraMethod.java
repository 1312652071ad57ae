package org.peft4j.lora;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;

/**
 * LoRA with gates, a part of UniPELT (Mao et al. 2022, "UniPELT: A unified framework for
 * parameter-efficient language model tuning"): {@link LoraMethod} under a type that Python's peft
 * refuses, because it would leave the gates out.
 */
public final class GatedLoraMethod implements PeftMethod {

    private final LoraMethod lora = new LoraMethod();

    /** Prepares the method; usually {@link java.util.ServiceLoader} does. */
    public GatedLoraMethod() {}

    @Override
    public String peftType() {
        return LoraConfig.GATED_PEFT_TYPE;
    }

    @Override
    public LoraConfig readConfig(JsonFields json) {
        return lora.readConfig(json);
    }

    @Override
    public LoraConfig resolve(PeftConfig config, BaseModel base) {
        return lora.resolve(config, base);
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        lora.build(config, builder);
    }
}
