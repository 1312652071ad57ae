package org.peft4j.prompt.prefix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.ContractBatches;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.Bases;
import org.peft4j.prompt.VirtualTokens;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.GenerationRequest;
import org.peft4j.transformers.generation.Generator;

/** A prefix in the attentions leaves the positions alone, and a gate weakens it. */
final class AttentionPrefixTest {

    private static final TokenBatch BATCH = TokenBatch.of(new long[] {5, 9, 20, 7});

    private static float[] logits(PeftModel model, String name) {
        return Tensors.logits(model, AdapterSelection.of(name), BATCH);
    }

    /** The same keys and values as in peft, but as nothing that has a position. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "t5"})
    void theSequenceDoesNotMove(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            PrefixTuningConfig moving =
                    PrefixTuningConfig.builder()
                            .virtualTokens(new VirtualTokens(3, null, 1, null, null))
                            .build();
            AttentionPrefixConfig still =
                    AttentionPrefixConfig.builder()
                            .length(3)
                            .flat(true)
                            .encoderPrefix(false)
                            .crossPrefix(false)
                            .build();
            Parameter matrix = model.add("moving", moving, 1).parameters().get(0);
            Parameter flat = model.add("still", still, 2).parameters().get(0);
            Tensors.set(base.door(), flat, matrix.value().toFloats());
            TokenBatch batch = new ContractBatches().labelled(base);
            float[] moved = Tensors.logits(model, AdapterSelection.of("moving"), batch);
            float[] stayed = Tensors.logits(model, AdapterSelection.of("still"), batch);
            assertFalse(Arrays.equals(moved, stayed));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "qwen2-window"})
    void generatesWithACacheAsWithout(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            AttentionPrefixConfig config =
                    AttentionPrefixConfig.builder().length(4).bottleneckSize(6).build();
            Tensors.addNoise(base.door(), model.add("a", config), 0.1, 1);
            long[] ids = {5, 9, 20};
            long[] expected = new long[8];
            for (int i = 0; i < expected.length; i++) {
                float[] all = Tensors.logits(model, AdapterSelection.of("a"), TokenBatch.of(ids));
                int vocabulary = Math.toIntExact(base.info().vocabularySize());
                int best = 0;
                for (int id = 0; id < vocabulary; id++) {
                    int last = all.length - vocabulary;
                    best = all[last + id] > all[last + best] ? id : best;
                }
                expected[i] = best;
                ids = Arrays.copyOf(ids, ids.length + 1);
                ids[ids.length - 1] = best;
            }
            assertArrayEquals(expected, generate(model, 1));
        }
    }

    /** A gate looks at what a pass computes, as in AdapterHub: the cache changes what it sees. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "t5"})
    void aGatedOneGeneratesInEveryMode(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            AttentionPrefixConfig config =
                    AttentionPrefixConfig.builder().length(4).gating(Gating.SHARED).build();
            Tensors.addNoise(base.door(), model.add("a", config), 0.1, 1);
            for (int beams : new int[] {1, 3}) {
                assertEquals(8, generate(model, beams).length);
            }
        }
    }

    private static long[] generate(PeftModel model, int beams) {
        GenerationConfig config =
                GenerationConfig.builder()
                        .maxNewTokens(8)
                        .endIds(List.of())
                        .numBeams(beams)
                        .build();
        return new Generator(model, config)
                .run(GenerationRequest.of(AdapterSelection.of("a"), List.of(new long[] {5, 9, 20})))
                .get(0)
                .ids();
    }

    @Test
    void aClosedGateIsAPrefixOfZeros() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            AttentionPrefixConfig config =
                    AttentionPrefixConfig.builder()
                            .length(3)
                            .flat(true)
                            .gating(Gating.SHARED)
                            .build();
            Adapter gated = model.add("gated", config, 1);
            for (Parameter parameter : gated.parameters()) {
                if (parameter.key().endsWith("prefix_gates.bias")) {
                    Tensors.fill(base.door(), parameter, -60);
                }
            }
            Adapter zeros = model.add("zeros", config.toBuilder().gating(Gating.NONE).build(), 1);
            zeros.parameters().forEach(p -> Tensors.fill(base.door(), p, 0));
            Compare.close("closed", logits(model, "zeros"), logits(model, "gated"), 1e-5);
        }
    }

    @Test
    void everySettingSurvivesTheRoundTrip() {
        for (Gating gating : Gating.values()) {
            AttentionPrefixConfig config =
                    AttentionPrefixConfig.builder()
                            .length(7)
                            .encoderPrefix(false)
                            .crossPrefix(false)
                            .leaveOut(1, 3)
                            .flat(true)
                            .bottleneckSize(9)
                            .nonLinearity("relu")
                            .dropout(0.25)
                            .gating(gating)
                            .modulesToSave(List.of("head"))
                            .build();
            JsonFields json = JsonFields.of(Path.of("adapter_config.json"), config.toJson());
            assertEquals(config, new AttentionPrefixMethod().readConfig(json));
        }
    }

    @Test
    void dropoutActsInTrainingOnly() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            AttentionPrefixConfig config =
                    AttentionPrefixConfig.builder().length(3).flat(true).dropout(0.5).build();
            model.add("dropped", config, 1);
            model.add("whole", config.toBuilder().dropout(0).build(), 1);
            assertArrayEquals(logits(model, "whole"), logits(model, "dropped"));
            TokenBatch labelled = BATCH.withLabels(BATCH.inputIds());
            Map<String, Double> losses = new TreeMap<>();
            for (String name : List.of("dropped", "whole")) {
                losses.put(
                        name,
                        model.accumulateGradients(AdapterSelection.of(name), labelled, 1, 3)
                                .mean());
            }
            assertNotEquals(losses.get("dropped"), losses.get("whole"));
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        refused("prefix_length", () -> AttentionPrefixConfig.builder().length(0).build());
        refused("bottleneck_size", () -> AttentionPrefixConfig.builder().bottleneckSize(0).build());
        refused("dropout", () -> AttentionPrefixConfig.builder().dropout(1).build());
        refused("non_linearity", () -> AttentionPrefixConfig.builder().nonLinearity("x"));
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            AttentionPrefixConfig config = AttentionPrefixConfig.builder().leaveOut(99).build();
            refused("99", () -> model.add("a", config));
        }
    }

    private static void refused(String reason, Runnable action) {
        PeftException refusal = assertThrows(PeftException.class, action::run);
        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal::toString);
    }
}
