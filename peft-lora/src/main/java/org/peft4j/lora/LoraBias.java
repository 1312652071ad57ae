package org.peft4j.lora;

import java.util.Locale;

/** Which of the base's own biases are trained too, peft's {@code bias}. */
public enum LoraBias {
    /** None: the usual choice. */
    NONE,
    /** Every bias of the base. */
    ALL,
    /** Those of the linears that LoRA acts on. */
    LORA_ONLY;

    /** Returns the value in {@code adapter_config.json}. */
    String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
