package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.generation.logits.Scores;
import org.peft4j.transformers.generation.logits.TokenSequence;

/** Processed distributions are those of the processors of {@code transformers}. */
final class LogitsTest {

    private static JsonObject golden() {
        return Fixtures.goldenJson("decoding").getAsJsonObject("processors");
    }

    static Stream<String> cases() {
        return golden().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheSameDistribution(String name) {
        JsonObject options = golden().getAsJsonObject(name);
        options.addProperty("do_sample", true);
        if (!options.has("top_k")) {
            options.addProperty("top_k", 0);
        }
        Golden tensors = Fixtures.golden("logits");
        int rows = tensors.get("logits").size(0);
        int vocabulary = tensors.get("logits").size(1);
        float[] logits = tensors.floats("logits");
        float[] expected = tensors.floats(name);
        LogitsPipeline pipeline = LogitsPipeline.of(DecodingTest.config(options), 7);
        for (int row = 0; row < rows; row++) {
            long[] ids = tensors.get("input_ids").longs(row);
            float[] scores = Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
            pipeline.process(TokenSequence.ofPrompt(ids), scores);
            double[] actual = Scores.probabilities(scores);
            for (int id = 0; id < vocabulary; id++) {
                float wanted = expected[row * vocabulary + id];
                assertEquals(wanted == 0, actual[id] == 0, name + " keeps " + row + " " + id);
                assertEquals(wanted, actual[id], 1e-6, name + " row " + row + " token " + id);
            }
        }
    }

    @Test
    void findsTheLargestAmongMany() {
        float[] values = new float[1000];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(200) - 100; // with ties
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            order.add(i);
        }
        order.sort((a, b) -> Float.compare(values[b], values[a])); // stable
        for (int count : new int[] {1, 2, 17, 500, 1000, 2000}) {
            int[] expected = order.stream().limit(count).mapToInt(Integer::intValue).toArray();
            assertArrayEquals(expected, Scores.largest(values, count));
        }
        float[] ruledOut = {Scores.RULED_OUT, 1, Scores.RULED_OUT, -0f, 0f};
        assertArrayEquals(new int[] {1, 3, 4, 0, 2}, Scores.largest(ruledOut, 5));
    }

    @Test
    void refusesScoresThatAreNoNumbers() {
        LogitsPipeline pipeline = LogitsPipeline.of(GenerationConfig.of(1), 1);
        TokenSequence prompt = TokenSequence.ofPrompt(1);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThrows(
                    NonFiniteException.class,
                    () -> pipeline.process(prompt, new float[] {0, bad, 1}));
        }
    }

    @Test
    void refusesIdsThatTheModelCannotProduce() {
        GenerationConfig config =
                GenerationConfig.builder().bannedSequences(List.of(List.of(3L))).build();
        LogitsPipeline pipeline = LogitsPipeline.of(config, 1);
        PeftException e =
                assertThrows(
                        PeftException.class,
                        () -> pipeline.process(TokenSequence.ofPrompt(1), new float[3]));
        assertTrue(String.valueOf(e.getMessage()).contains("vocabulary has 3"));
    }
}
