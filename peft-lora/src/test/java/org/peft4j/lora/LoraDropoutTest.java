package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;

/** Dropout acts in training only, and its seed decides it. */
final class LoraDropoutTest {

    private static final AdapterSelection A = AdapterSelection.of("a");
    private static final TokenBatch BATCH = Fixtures.golden("adapters/llama-plain").batch("");

    private static float[] gradient(PeftModel model, Adapter adapter, long seed) {
        model.accumulateGradients(A, BATCH, 1.0 / model.base().lossCount(BATCH), seed);
        float[] gradient = Tensors.gradients(adapter).get(0);
        adapter.parameters().forEach(parameter -> parameter.setGradient(null));
        return gradient;
    }

    @Test
    void theSeedDecidesTheMask() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            LoraConfig config =
                    LoraConfig.builder()
                            .targetModules("q_proj", "v_proj")
                            .initialization(LoraInitialization.RANDOM)
                            .dropout(0.5)
                            .build();
            Adapter adapter = model.add("a", config, 1);
            float[] first = gradient(model, adapter, 1);
            assertArrayEquals(first, gradient(model, adapter, 1));
            assertFalse(Arrays.equals(first, gradient(model, adapter, 2)));
            Adapter without = model.add("b", config.toBuilder().dropout(0).build(), 1);
            assertArrayEquals(
                    Tensors.values(adapter).values().toArray(),
                    Tensors.values(without).values().toArray());
            assertEquals(
                    model.loss(AdapterSelection.of("b"), BATCH).sum(), model.loss(A, BATCH).sum());
        }
    }
}
