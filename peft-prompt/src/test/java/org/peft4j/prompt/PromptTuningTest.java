package org.peft4j.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.StepLoss;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.points.InputPoint;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** Where prompts start, what they generate, and what is refused. */
final class PromptTuningTest {

    private static PromptTuningConfig.Builder tokens(int count) {
        return PromptTuningConfig.builder().virtualTokens(count);
    }

    private static float[] fresh(String baseName, PeftConfig config) {
        try (BaseModel base = Bases.open(baseName);
                PeftModel model = PeftModel.of(base)) {
            return model.add("a", config, 1).parameters().get(0).value().toFloats();
        }
    }

    private static float[] row(String baseName, int id) {
        try (BaseModel base = Bases.open(baseName)) {
            InputPoint input = base.points().of(InputPoint.class).get(0);
            return input.embeddings(base.door().weights(), id).toFloats();
        }
    }

    /** Repeated and cut as in Python, and scaled where the base scales its embeddings. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma"})
    void aTextIsWherePythonStarts(String name) {
        Golden golden = Fixtures.golden("prompt-starts");
        int[] ids = Arrays.stream(golden.longs("ids")).mapToInt(Math::toIntExact).toArray();
        for (int count : new int[] {2, 5}) {
            PromptInitialization text = PromptInitialization.text("text", "tokenizer", ids);
            float[] start = fresh(name, tokens(count).initialization(text).build());
            Compare.close(name, golden.floats(name + "." + count), start, 1e-6);
        }
    }

    @Test
    void sampledTokensAreThoseThatWereAskedFor() {
        PeftConfig config =
                tokens(20).initialization(PromptInitialization.sampledFrom(7, 9)).build();
        float[] start = fresh("llama", config);
        float[] seven = row("llama", 7);
        float[] nine = row("llama", 9);
        int sevens = 0;
        for (int i = 0; i < 20; i++) {
            float[] one = Arrays.copyOfRange(start, i * seven.length, (i + 1) * seven.length);
            assertTrue(Arrays.equals(one, seven) || Arrays.equals(one, nine));
            sevens += Arrays.equals(one, seven) ? 1 : 0;
        }
        assertTrue(sevens > 0 && sevens < 20, "both are drawn");
    }

    @Test
    void theMostFrequentTokensAreCounted() {
        assertEquals(
                PromptInitialization.sampledFrom(3, 1),
                PromptInitialization.sampledFromMostFrequent(new long[] {1, 5, 0, 9, 2}, 2));
    }

    @Test
    void labelsAreTheMeanOfTheirTokens() {
        PromptInitialization labels =
                PromptInitialization.classLabels(List.of(new int[] {7, 9}, new int[] {11}));
        float[] start = fresh("gemma", tokens(3).initialization(labels).build());
        float[] seven = row("gemma", 7);
        float[] nine = row("gemma", 9);
        for (int i = 0; i < seven.length; i++) {
            assertEquals((seven[i] + nine[i]) / 2, start[i], 1e-6);
        }
        assertArrayEquals(
                row("gemma", 11), Arrays.copyOfRange(start, seven.length, 2 * seven.length));
    }

    @Test
    void uniformStartsStayWithinHalf() {
        float[] start =
                fresh("llama", tokens(50).initialization(PromptInitialization.uniform()).build());
        float largest = 0;
        for (float value : start) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest <= 0.5 && largest > 0.4, "largest " + largest);
    }

    private static void refused(String because, Supplier<PeftConfig> config, String baseName) {
        PeftException refusal =
                assertThrows(PeftException.class, () -> fresh(baseName, config.get()));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(because), message);
    }

    @Test
    void whatCannotBeSaysSo() {
        refused("num_virtual_tokens", () -> tokens(0).build(), "llama");
        refused("Call virtualTokens", () -> PromptTuningConfig.builder().build(), "llama");
        refused(
                "is no encoder-decoder",
                () ->
                        PromptTuningConfig.builder()
                                .virtualTokens(VirtualTokens.of(2).withSubmodules(2))
                                .build(),
                "llama");
        refused(
                "token_dim is 7",
                () ->
                        PromptTuningConfig.builder()
                                .virtualTokens(new VirtualTokens(2, 7, null, null, null))
                                .build(),
                "llama");
        refused(
                "need its ids",
                () -> tokens(2).initialization(PromptInitialization.text("t", "t")).build(),
                "llama");
        refused(
                "the vocabulary ends at",
                () -> tokens(2).initialization(PromptInitialization.sampledFrom(1 << 20)).build(),
                "llama");
        PromptInitialization labels =
                PromptInitialization.classLabels(List.of(new int[] {1}, new int[] {2}));
        refused("2 class labels for 1", () -> tokens(1).initialization(labels).build(), "llama");
    }

    @Test
    void theLongestInputIsCheckedWithTheVirtualTokens() {
        try (BaseModel base = Bases.open("gpt2");
                PeftModel model = PeftModel.of(base)) {
            model.add("a", tokens(4).build());
            long[] ids = new long[base.info().maxPositions() - 3];
            TokenBatch batch = TokenBatch.of(ids);
            model.logits(AdapterSelection.none(), batch).close();
            PeftException refusal =
                    assertThrows(
                            PeftException.class,
                            () -> model.logits(AdapterSelection.of("a"), batch));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains(ids.length + " positions a row behind 4 virtual"), message);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void generatesWhatPythonDoes(int number) {
        PromptGeneration.check("prompt-generation", number);
    }

    /** Prompts of different lengths, and none, share a batch with its cache and beams. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "opt", "t5", "bart-scaled"})
    void rowsWithDifferentPromptsGenerateWhatEachDoesAlone(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            model.add("long", tokens(5).build(), 1);
            model.add("short", tokens(2).build(), 2);
            List<AdapterSelection> selections =
                    List.of(
                            AdapterSelection.of("short"),
                            AdapterSelection.none(),
                            AdapterSelection.of("long"),
                            AdapterSelection.of("short"));
            List<long[]> prompts =
                    List.of(
                            new long[] {5, 6, 7, 8},
                            new long[] {9, 10},
                            new long[] {11, 12, 13},
                            new long[] {14});
            GenerationConfig greedy = GenerationConfig.of(5);
            GenerationConfig beams = greedy.toBuilder().numBeams(2).build();
            for (GenerationConfig config : List.of(greedy, beams)) {
                Generator generator = new Generator(model, config);
                List<long[]> alone =
                        IntStream.range(0, prompts.size())
                                .mapToObj(
                                        i -> generator.generate(selections.get(i), prompts.get(i)))
                                .toList();
                PromptGeneration.assertSame(
                        alone, generator.generate(AdapterSelection.perRow(selections), prompts));
            }
        }
    }

    /** The last virtual token predicts a row's first one, and where there is none nothing does. */
    @Test
    void aMixedBatchCountsTheLossOfEachRow() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.add("a", tokens(3).build());
            AdapterSelection a = AdapterSelection.of("a");
            long[] ids = {5, 6, 7};
            TokenBatch one = TokenBatch.padded(List.of(ids), List.of(ids), 0, false);
            TokenBatch two = one.withRows(0, 0);
            StepLoss with = model.loss(a, one);
            StepLoss without = model.loss(AdapterSelection.none(), one);
            assertEquals(3, with.count());
            assertEquals(2, without.count());
            AdapterSelection both = AdapterSelection.perRow(List.of(a, AdapterSelection.none()));
            StepLoss mixed = model.loss(both, two);
            assertEquals(5, mixed.count());
            assertEquals(with.sum() + without.sum(), mixed.sum(), 1e-4);
        }
    }

    @Test
    void aPromptMadeOfTokensReadsAsThese() {
        try (BaseModel base = Bases.open("gemma");
                PeftModel model = PeftModel.of(base)) {
            PromptInitialization text = PromptInitialization.text("t", "t", 7, 9);
            model.add("a", tokens(2).initialization(text).build());
            PromptReading reading = PromptReader.read(model, "a", 3);
            assertEquals(7, reading.tokens().get(0).get(0).id());
            assertEquals(9, reading.tokens().get(1).get(0).id());
            assertEquals(1, reading.tokens().get(1).get(0).similarity(), 1e-5);
            assertEquals(3, reading.tokens().get(0).size());
            assertTrue(
                    reading.tokens().get(0).get(1).similarity()
                            >= reading.tokens().get(0).get(2).similarity());
            assertEquals(2.0 / 6, reading.shareOf(Set.of(7, 9)), 0.34);
            assertTrue(reading.describe(id -> "<" + id + ">").startsWith("0: <7> (1.000), "));
        }
    }
}
