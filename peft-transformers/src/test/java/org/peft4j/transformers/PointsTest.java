package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** What a base offers to methods, and that its way past adapters computes the same. */
final class PointsTest {

    @Test
    void publishesTheModulePathsOfHuggingFace() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"))) {
            List<String> linears = base.points().paths(LinearPoint.class);
            assertEquals(2 * 7 + 1, linears.size());
            assertTrue(linears.contains("model.layers.1.self_attn.q_proj"));
            assertTrue(linears.contains("model.layers.0.mlp.down_proj"));
            assertTrue(linears.contains("lm_head"));
            assertEquals(
                    Set.of(
                            "model.layers.0.input_layernorm",
                            "model.layers.0.post_attention_layernorm",
                            "model.layers.1.input_layernorm",
                            "model.layers.1.post_attention_layernorm",
                            "model.norm"),
                    Set.copyOf(base.points().paths(NormPoint.class)));
            for (String path : List.of("model", "model.embed_tokens", "model.layers.1.self_attn")) {
                assertTrue(base.points().paths().contains(path), path);
            }
        }
    }

    /** The counts are those of {@code model.num_parameters()} in Python. */
    @Test
    void countsEveryParameterOnce() {
        try (BaseModel untied = Checkpoints.open(Fixtures.base("llama"));
                BaseModel tied = Checkpoints.open(Fixtures.base("llama-tied-scaled"))) {
            assertEquals(26_784, untied.info().parameters());
            assertEquals(29_472, tied.info().parameters());
            assertEquals(Set.of(), untied.tiedWeights());
            assertEquals(Set.of("lm_head.weight"), tied.tiedWeights());
        }
    }

    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#all")
    void somethingThatChangesNothingAtEveryPointChangesNothing(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            model.add("probe", ProbeMethod.at(""));
            AdapterSelection probe = AdapterSelection.of("probe");
            AdapterSelection mixed =
                    AdapterSelection.perRow(List.of(AdapterSelection.none(), probe));
            for (AdapterSelection selection : List.of(probe, mixed)) {
                compare(model, selection, golden, "");
                compare(model, selection, golden, "left.");
            }
            long[] prompt = golden.longs("generate.input_ids");
            long[] expected = golden.longs("generate.output_ids");
            Generator generator =
                    Generator.greedy(model, GenerationConfig.of(expected.length - prompt.length));
            assertArrayEquals(
                    Arrays.copyOfRange(expected, prompt.length, expected.length),
                    generator.generate(probe, prompt));
        }
    }

    private static void compare(
            PeftModel model, AdapterSelection selection, Golden golden, String prefix) {
        try (Tensor logits = model.logits(selection, golden.batch(prefix))) {
            Compare.close(
                    prefix + "logits with " + selection,
                    golden.floats(prefix + "logits"),
                    logits.toFloats(),
                    golden.longs(prefix + "attention_mask"),
                    1e-5);
        }
    }

    /** Tokens that a method puts before the input count as if they were in the prompt. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied-scaled",
                "qwen2",
                "qwen3",
                "gpt2",
                "gpt-neox",
                "opt",
                "opt-projected"
            })
    void virtualTokensActLikeRealOnes(String name) {
        long[] longer = {1, 20, 30, 11, 12, 13, 14, 15, 16};
        long[] shorter = {1, 20, 30, 21};
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            model.add("before", ProbeMethod.before(1L, 20L, 30L));
            AdapterSelection before = AdapterSelection.of("before");
            List<long[]> whole = List.of(longer, shorter);
            List<long[]> rest =
                    whole.stream().map(ids -> Arrays.copyOfRange(ids, 3, ids.length)).toList();

            TokenBatch left = TokenBatch.padded(List.of(longer), null, 0, true);
            TokenBatch leftRest = TokenBatch.padded(rest.subList(0, 1), null, 0, true);
            try (Tensor expected = model.logits(AdapterSelection.none(), left);
                    Tensor actual = model.logits(before, leftRest)) {
                float[] all = expected.toFloats();
                float[] own = actual.toFloats();
                float[] last = Arrays.copyOfRange(all, all.length - own.length, all.length);
                Compare.close(name, last, own, null, 1e-5);
            }
            Generator generator = Generator.greedy(model, GenerationConfig.of(12));
            for (int row = 0; row < 2; row++) {
                assertArrayEquals(
                        generator.generate(AdapterSelection.none(), whole.get(row)),
                        generator.generate(before, rest.get(row)));
            }
            List<long[]> together = generator.generate(before, rest);
            for (int row = 0; row < 2; row++) {
                assertArrayEquals(generator.generate(before, rest.get(row)), together.get(row));
            }
        }
    }

    /** Keys and values that a method puts before others count like those of earlier tokens. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied-scaled",
                "qwen2",
                "qwen3",
                "gemma",
                "gpt2",
                "gpt-neox",
                "opt",
                "opt-projected"
            })
    void aPrefixActsLikeRealTokens(String name) {
        List<long[]> whole =
                List.of(new long[] {1, 20, 30, 11, 12, 13}, new long[] {1, 20, 30, 21});
        List<long[]> rest =
                whole.stream().map(ids -> Arrays.copyOfRange(ids, 3, ids.length)).toList();
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            Map<String, AttentionFlow> notes = new HashMap<>();
            model.add("note", new PrefixProbe.PrefixConfig(notes, 0));
            model.add("prefix", new PrefixProbe.PrefixConfig(notes, 3));
            model.logits(AdapterSelection.of("note"), TokenBatch.of(new long[] {1, 20, 30}))
                    .close();
            AdapterSelection none = AdapterSelection.none();
            AdapterSelection prefix = AdapterSelection.of("prefix");

            TokenBatch left = TokenBatch.padded(rest, null, 0, true);
            try (Tensor actual = model.logits(prefix, left);
                    Tensor expected = model.logits(none, TokenBatch.of(whole.get(0)))) {
                int row = Math.toIntExact(actual.elements() / 2);
                float[] all = expected.toFloats();
                Compare.close(
                        name,
                        Arrays.copyOfRange(all, all.length - row, all.length),
                        Arrays.copyOf(actual.toFloats(), row),
                        null,
                        1e-5);
            }
            Generator generator = Generator.greedy(model, GenerationConfig.of(10));
            List<long[]> together = generator.generate(prefix, rest);
            for (int row = 0; row < 2; row++) {
                assertArrayEquals(generator.generate(none, whole.get(row)), together.get(row));
                assertArrayEquals(together.get(row), generator.generate(prefix, rest.get(row)));
            }
        }
    }
}
