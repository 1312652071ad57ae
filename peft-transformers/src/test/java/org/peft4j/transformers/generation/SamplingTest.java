package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.generation.logits.Scores;

/** Draws have the distribution of the scores, and the same seed draws the same. */
final class SamplingTest {

    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final List<long[]> PROMPTS =
            List.of(new long[] {5, 9, 20}, new long[] {7}, new long[] {30, 31, 32, 33, 34});

    @Test
    void drawsFromTheSoftmax() {
        float[] scores = {0.3f, Scores.RULED_OUT, -1f, 2f, 0.3f, -2.5f};
        double[] expected = Scores.probabilities(scores);
        int draws = 20_000;
        int[] counts = new int[scores.length];
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < draws; i++) {
            Draw draw = Draw.random(scores, random);
            counts[draw.id()]++;
            assertEquals(Math.log(expected[draw.id()]), draw.logProbability(), 1e-9);
        }
        assertEquals(0, counts[1]);
        assertTrue(chiSquare(expected, counts, draws) < 18.5, Arrays.toString(counts)); // p = 0.001
    }

    @Test
    void drawsSeveralWithoutPuttingThemBack() {
        float[] scores = {0.5f, Scores.RULED_OUT, -1f, 1f};
        double[] p = Scores.probabilities(scores);
        double[] expected = new double[16];
        for (int a = 0; a < 4; a++) {
            for (int b = 0; b < 4; b++) {
                expected[4 * a + b] = a == b ? 0 : p[a] * p[b] / (1 - p[a]);
            }
        }
        int draws = 20_000;
        int[] counts = new int[16];
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < draws; i++) {
            int[] pair = Draw.several(scores, 2, random);
            counts[4 * pair[0] + pair[1]]++;
        }
        for (int i = 0; i < 16; i++) {
            assertEquals(expected[i] == 0, counts[i] == 0);
        }
        assertTrue(chiSquare(expected, counts, draws) < 20.5, Arrays.toString(counts)); // p = 0.001
    }

    private static double chiSquare(double[] probabilities, int[] counts, int draws) {
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            if (probabilities[i] > 0) {
                double mean = draws * probabilities[i];
                sum += (counts[i] - mean) * (counts[i] - mean) / mean;
            }
        }
        return sum;
    }

    @Test
    void theFirstTokensOfAModelHaveItsDistribution() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            GenerationConfig config =
                    GenerationConfig.builder()
                            .maxNewTokens(1)
                            .topK(5)
                            .temperature(2)
                            .returnSequences(4000)
                            .seed(5)
                            .build();
            List<GeneratedSequence> drawn =
                    new Generator(model, config)
                            .run(GenerationRequest.of(NONE, List.of(PROMPTS.get(0))));
            double[] expected = new double[128];
            int[] counts = new int[128];
            for (GeneratedSequence text : drawn) {
                counts[(int) text.ids()[0]]++;
                expected[(int) text.ids()[0]] = Math.exp(text.score());
            }
            assertEquals(1, Arrays.stream(expected).sum(), 1e-6);
            assertEquals(5, Arrays.stream(counts).filter(count -> count > 0).count());
            assertTrue(chiSquare(expected, counts, 4000) < 18.5, Arrays.toString(counts));
        }
    }

    @Test
    void theSameSeedGivesTheSameTexts() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            for (int beams : new int[] {1, 3}) {
                GenerationConfig config =
                        GenerationConfig.builder()
                                .maxNewTokens(8)
                                .temperature(1.5)
                                .numBeams(beams)
                                .seed(1)
                                .build();
                List<String> once = texts(model, config, PROMPTS);
                assertEquals(once, texts(model, config, PROMPTS));
                GenerationConfig other = config.toBuilder().seed(2).build();
                assertNotEquals(once, texts(model, other, PROMPTS));
            }
        }
    }

    @Test
    void aTextDoesNotDependOnItsNeighbours() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            GenerationConfig config =
                    GenerationConfig.builder()
                            .maxNewTokens(12)
                            .topP(0.95)
                            .endIds(List.of(3L, 40L, 50L, 60L, 70L, 80L, 90L, 100L))
                            .seed(9)
                            .build();
            Generator generator = new Generator(model, config);
            assertEquals(
                    texts(model, config, PROMPTS).get(0),
                    texts(model, config, PROMPTS.subList(0, 1)).get(0));
            List<GeneratedSequence> together =
                    generator.run(GenerationRequest.of(NONE, PROMPTS).withSeeds(4L, 5L, 6L));
            for (int row = 0; row < 3; row++) {
                GeneratedSequence alone =
                        generator
                                .run(
                                        GenerationRequest.of(NONE, List.of(PROMPTS.get(row)))
                                                .withSeeds(4L + row))
                                .get(0);
                assertArrayEquals(alone.ids(), together.get(row).ids());
                assertEquals(alone.reason(), together.get(row).reason());
            }
        }
    }

    @Test
    void drawsSeveralTextsForAPrompt() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            GenerationConfig three =
                    GenerationConfig.builder()
                            .maxNewTokens(8)
                            .sample(true)
                            .returnSequences(3)
                            .build();
            List<GeneratedSequence> texts =
                    new Generator(model, three).run(GenerationRequest.of(NONE, PROMPTS));
            assertEquals(
                    List.of(0, 0, 0, 1, 1, 1, 2, 2, 2),
                    texts.stream().map(GeneratedSequence::prompt).toList());
            assertEquals(
                    9,
                    texts.stream()
                            .map(text -> Arrays.toString(text.ids()))
                            .collect(Collectors.toSet())
                            .size());
            GenerationConfig one = three.toBuilder().returnSequences(1).build();
            assertEquals(
                    texts(model, one, PROMPTS),
                    List.of(text(texts.get(0)), text(texts.get(3)), text(texts.get(6))));
            assertFalse(texts.get(0).score() >= 0);
        }
    }

    private static List<String> texts(
            PeftModel model, GenerationConfig config, List<long[]> prompts) {
        return new Generator(model, config)
                .run(GenerationRequest.of(NONE, prompts)).stream().map(SamplingTest::text).toList();
    }

    private static String text(GeneratedSequence sequence) {
        return Arrays.toString(sequence.ids());
    }
}
