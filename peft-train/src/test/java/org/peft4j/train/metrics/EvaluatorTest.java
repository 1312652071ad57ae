package org.peft4j.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.train.Tiny;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;

final class EvaluatorTest {

    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    @Test
    void lossEqualsPython() {
        Golden golden = Fixtures.golden("adapters/llama-plain");
        List<Example> examples = Tiny.goldenExamples(golden).subList(0, 2);
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            model.load("default", Fixtures.adapter("llama-plain"));
            long open = base.door().openTensors();
            for (int batchSize = 1; batchSize <= 3; batchSize++) {
                Evaluation evaluation =
                        new Evaluator(model, Collator.toLongest(), batchSize)
                                .loss(ADAPTER, examples);
                assertEquals(golden.get("loss").single(), evaluation.loss(), 2e-6);
                assertEquals(Math.exp(evaluation.loss()), evaluation.perplexity());
            }
            assertEquals(0, (base.door().openTensors() - open) / 20, "constants at most");
        }
    }

    @Test
    void greedyGenerationIsAnExactMatch() {
        Golden golden = Fixtures.golden("bases/llama");
        long[] generated = golden.get("generate.output_ids").longs(0);
        long[] prompt = java.util.Arrays.copyOf(generated, 6);
        long[] answer = java.util.Arrays.copyOfRange(generated, 6, 22);
        Example right = Example.ofCompletion(prompt, answer);
        long[] mistaken = answer.clone();
        mistaken[15] = mistaken[15] == 7 ? 8 : 7;
        Example wrong = Example.ofCompletion(prompt, mistaken);
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            Accuracy accuracy =
                    new Evaluator(model, Collator.toLongest(), 2)
                            .accuracy(AdapterSelection.none(), List.of(right, wrong));
            assertEquals(new Accuracy(31, 32, 1, 2), accuracy);
            assertEquals(0.5, accuracy.exactMatch());
            assertEquals(31.0 / 32, accuracy.tokenAccuracy());
        }
    }

    /** Behind virtual tokens a text is predicted from its first token on. */
    @Test
    void virtualTokensAreNotScored() {
        JsonObject generated =
                Fixtures.goldenJson("prompt-generation")
                        .getAsJsonArray("cases")
                        .get(0)
                        .getAsJsonObject();
        long[] prompt = longs(generated, "input_ids");
        long[] text = longs(generated, "greedy");
        long[] answer = Arrays.copyOfRange(text, text.length - 6, text.length);
        Example right = Example.ofCompletion(prompt, answer);
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            model.load("default", Fixtures.adapter("llama-prompt"));
            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), 2);
            assertEquals(new Accuracy(6, 6, 1, 1), evaluator.accuracy(ADAPTER, List.of(right)));
            List<Example> whole = List.of(Example.ofText(prompt));
            assertEquals(6, evaluator.accuracy(ADAPTER, whole).tokens());
            assertEquals(5, evaluator.accuracy(AdapterSelection.none(), whole).tokens());
            Example unprompted = right.withSelection(AdapterSelection.none());
            List<Example> mixed =
                    List.of(whole.get(0), whole.get(0).withSelection(AdapterSelection.none()));
            assertEquals(11, evaluator.accuracy(ADAPTER, mixed).tokens());
            assertEquals(
                    evaluator.accuracy(AdapterSelection.none(), List.of(right)),
                    evaluator.accuracy(ADAPTER, List.of(unprompted)));
        }
    }

    /** The first row. */
    private static long[] longs(JsonObject json, String key) {
        return json.getAsJsonArray(key).get(0).getAsJsonArray().asList().stream()
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }

    @Test
    void dataWithoutLabelsHaveNoLoss() {
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), 2);
            assertThrows(
                    PeftException.class, () -> evaluator.loss(AdapterSelection.none(), List.of()));
        }
    }

    @Test
    void throughputFollowsTheLastSteps() {
        ThroughputMeter meter = new ThroughputMeter(2, 0);
        assertEquals(100, meter.add(100, 1_000_000_000L));
        assertEquals(150, meter.add(200, 2_000_000_000L));
        assertEquals(250, meter.add(300, 3_000_000_000L), "the first step counts no more");
    }
}
