package org.peft4j.adapter.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.transformers.generation.GeneratedSequence;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.GenerationRequest;
import org.peft4j.transformers.generation.Generator;

/** What is generated for a prompt does not depend on the prompts and adapters beside it. */
final class RowsGeneratedTest {

    private static final int MIXTURES = Integer.getInteger("peft4j.mixtures", 2);

    @ParameterizedTest
    @ValueSource(strings = {"mistral", "gemma2", "qwen2-window", "qwen3-window", "phi3", "gpt2"})
    void aPromptAmongOthers(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            List<AdapterSelection> choices = Methods.addTo(model);
            int vocabulary = Math.toIntExact(base.info().vocabularySize());
            for (int seed = 0; seed < MIXTURES; seed++) {
                Mixture mixture = Mixture.draw(new Random(seed), choices, 3, vocabulary);
                for (GenerationConfig config : configs()) {
                    check(name + " " + seed + " " + mixture.selection(), model, mixture, config);
                }
            }
        }
    }

    private static List<GenerationConfig> configs() {
        return List.of(
                GenerationConfig.builder().maxNewTokens(10).endIds(List.of()).build(),
                GenerationConfig.builder().maxNewTokens(8).endIds(List.of()).numBeams(3).build(),
                GenerationConfig.builder().maxNewTokens(8).endIds(List.of()).sample(true).build());
    }

    private static void check(
            String what, PeftModel model, Mixture mixture, GenerationConfig config) {
        List<GeneratedSequence> together = new Generator(model, config).run(request(mixture));
        for (int row = 0; row < mixture.rows().size(); row++) {
            GeneratedSequence alone =
                    new Generator(model, config).run(request(mixture.alone(row))).get(0);
            GeneratedSequence own = together.get(row);
            assertArrayEquals(alone.ids(), own.ids(), what + ": row " + row);
            assertEquals(alone.score(), own.score(), 1e-4, what + ": row " + row);
        }
    }

    /** Each prompt has a seed, so that its place in the batch does not decide what is drawn. */
    private static GenerationRequest request(Mixture mixture) {
        List<Mixture.Row> rows = mixture.rows();
        return GenerationRequest.of(
                        mixture.selection(), rows.stream().map(Mixture.Row::ids).toList())
                .withSeeds(rows.stream().map(row -> row.ids()[0]).toArray(Long[]::new))
                .withTaskIds(rows.stream().map(Mixture.Row::task).toArray(Long[]::new));
    }
}
