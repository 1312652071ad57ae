package org.peft4j.adapter.bottleneck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Tensors;

/** Families that AdapterHub's library has no fixture of have the places too. */
final class BottleneckFamiliesTest {

    private static final AdapterSelection A = AdapterSelection.of("a");

    private static TokenBatch batch() {
        long[] ids = {5, 9, 7, 11, 6, 8};
        return new TokenBatch(new SequenceLayout(2, 0, 3), ids).withLabels(ids);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mistral",
                "qwen2",
                "qwen3",
                "gemma",
                "gemma2",
                "phi3",
                "gpt-neox",
                "gpt-neox-sequential",
                "opt",
                "opt-projected",
                "llama-bf16"
            })
    void everyPlaceIsRead(String name) {
        try (BaseModel base = Bases.open(name, TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            float[] without = Tensors.logits(model, AdapterSelection.none(), batch());
            Adapter adapter =
                    model.add(
                            "a",
                            BottleneckConfig.scaledParallel()
                                    .places(Places.ATTENTION_AND_FEED_FORWARD)
                                    .reductionFactor(4)
                                    .nonLinearity("gelu")
                                    .build());
            assertArrayEquals(without, Tensors.logits(model, A, batch()), "up is zero");
            model.add(
                    "b",
                    BottleneckConfig.pfeiffer()
                            .places(Places.ATTENTION_AND_FEED_FORWARD)
                            .reductionFactor(4)
                            .nonLinearity("tanh")
                            .build());
            Tensors.addNoise(base.door(), adapter, 0.2, 1);
            AdapterSelection both = AdapterSelection.of("a", "b");
            model.accumulateGradients(both, batch(), 1, 0);
            for (String selected : List.of("a", "b")) {
                assertFalse(
                        Arrays.equals(
                                without,
                                Tensors.logits(model, AdapterSelection.of(selected), batch())));
                for (Parameter parameter : model.adapter(selected).parameters()) {
                    assertNotNull(parameter.gradient(), parameter::key);
                }
            }
        }
    }

    @Test
    void bfloat16BasesGiveTheSameButForRounding() {
        BottleneckConfig config =
                BottleneckConfig.pfeiffer()
                        .reductionFactor(4)
                        .norms(Norms.AROUND.withTrained(true, true))
                        .useGating(true)
                        .build();
        float[] wide = logits("llama", config);
        float[] narrow = logits("llama-bf16", config);
        Compare.close("bfloat16", wide, narrow, 0.1);
    }

    private static float[] logits(String name, BottleneckConfig config) {
        try (BaseModel base = Bases.open(name, TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            Tensors.addNoise(base.door(), model.add("a", config), 0.1, 1);
            return Tensors.logits(model, A, batch());
        }
    }

    @Test
    void aStreamThatIsSharedIsNotReplaced() {
        try (BaseModel base = Bases.open("gpt-neox", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            BottleneckConfig config =
                    BottleneckConfig.pfeiffer()
                            .norms(new Norms(true, false, false, false, Residual.NORM, false))
                            .build();
            PeftException refusal = assertThrows(PeftException.class, () -> model.add("a", config));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("original_ln_after"),
                    refusal::toString);
        }
    }

    @Test
    void aLayerThatIsNotThereIsNamed() {
        try (BaseModel base = Bases.open("gpt2", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            BottleneckConfig config =
                    BottleneckConfig.pfeiffer()
                            .places(new Places(true, false, true, List.of(0, 7)))
                            .build();
            PeftException refusal = assertThrows(PeftException.class, () -> model.add("a", config));
            assertTrue(String.valueOf(refusal.getMessage()).contains("[7]"), refusal::toString);
            assertEquals(0, model.adapterNames().size());
        }
    }
}
