package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.generation.GeneratedSequence;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.GenerationRequest;
import org.peft4j.transformers.generation.Generator;

/** In a batch each prompt is continued under its own adapters, in every mode. */
final class LoraGenerationTest {

    private static final List<long[]> PROMPTS =
            List.of(
                    new long[] {5, 9, 20},
                    new long[] {5, 9, 20},
                    new long[] {7},
                    new long[] {5, 9, 20});
    private static final List<AdapterSelection> ROWS =
            List.of(
                    AdapterSelection.of("a"),
                    AdapterSelection.of("b"),
                    AdapterSelection.none(),
                    AdapterSelection.of("a", "b"));

    static Stream<GenerationConfig> modes() {
        GenerationConfig ending =
                GenerationConfig.builder()
                        .maxNewTokens(10)
                        .endIds(List.of(11L, 37L, 59L, 83L, 101L))
                        .build();
        return Stream.of(
                ending,
                ending.toBuilder().sample(true).returnSequences(2).build(),
                ending.toBuilder().numBeams(3).returnSequences(2).build());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void continuesEachPromptUnderItsAdapters(GenerationConfig config) {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            load(model, "a", "llama-plain", 1);
            load(model, "b", "llama-all-linear", 2);
            Generator generator = new Generator(model, config);
            List<GeneratedSequence> together =
                    generator.run(
                            GenerationRequest.of(AdapterSelection.perRow(ROWS), PROMPTS)
                                    .withSeeds(3L, 3L, 3L, 3L));
            int each = config.returnSequences();
            assertEquals(4 * each, together.size());
            for (int row = 0; row < 4; row++) {
                List<GeneratedSequence> alone =
                        generator.run(
                                GenerationRequest.of(ROWS.get(row), List.of(PROMPTS.get(row)))
                                        .withSeeds(3L));
                for (int i = 0; i < each; i++) {
                    assertArrayEquals(alone.get(i).ids(), together.get(row * each + i).ids());
                    double score = together.get(row * each + i).score();
                    assertEquals(alone.get(i).score(), score, 1e-4);
                }
            }
            assertFalse(Arrays.equals(together.get(0).ids(), together.get(each).ids()));
            assertFalse(Arrays.equals(together.get(0).ids(), together.get(3 * each).ids()));
        }
    }

    private static void load(PeftModel model, String name, String fixture, long seed) {
        Adapter adapter = model.load(name, Fixtures.adapter(fixture));
        Tensors.addNoise(model.base().door(), adapter, 0.2, seed);
    }
}
