package org.peft4j.lora;

import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodMatrix;

/** LoRA on every kind of base. */
final class LoraMatrixTest extends PeftMethodMatrix {

    @Override
    protected BaseModel open(String family) {
        return Bases.forTask(family);
    }

    @Override
    protected Map<String, PeftConfig> configs() {
        return Map.of(
                "default targets", LoraConfig.builder().rank(4).build(),
                "all-linear", LoraConfig.builder().rank(4).targetAllLinear().build(),
                "gated", LoraConfig.builder().rank(4).useGating(true).build(),
                "rsLoRA with biases",
                        LoraConfig.builder()
                                .rank(4)
                                .useRslora(true)
                                .bias(LoraBias.ALL)
                                .targetAllLinear()
                                .build());
    }
}
