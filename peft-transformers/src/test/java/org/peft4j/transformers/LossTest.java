package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftModel;
import org.peft4j.core.StepLoss;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Mode;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;

/** The loss of next-token prediction. */
final class LossTest {

    private static final Golden GOLDEN = Fixtures.golden("adapters/llama-plain");

    /** The cross entropy of transformers' logits, computed here in double precision. */
    private static double expected(TokenBatch batch, float[] logits, int vocabulary) {
        long[] labels = batch.requireLabels();
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            if (i % batch.length() == 0 || labels[i] == TokenBatch.IGNORED) {
                continue;
            }
            double total = 0;
            int from = (i - 1) * vocabulary;
            for (int j = 0; j < vocabulary; j++) {
                total += Math.exp(logits[from + j]);
            }
            sum += Math.log(total) - logits[from + (int) labels[i]];
        }
        return sum;
    }

    @Test
    void isTheCrossEntropyOfTheNextToken() {
        TokenBatch batch = GOLDEN.batch("");
        double expected = expected(batch, GOLDEN.floats("logits.base"), 128);
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            model.add("head", ProbeMethod.at("lm_head"));
            AdapterSelection none = AdapterSelection.none();
            AdapterSelection head = AdapterSelection.of("head");
            for (AdapterSelection selection :
                    List.of(none, head, AdapterSelection.perRow(List.of(none, head)))) {
                StepLoss loss = model.loss(selection, batch);
                assertEquals(base.lossCount(batch), loss.count());
                assertEquals(expected, loss.sum(), 1e-4 * expected, selection.toString());
            }
        }
    }

    @Test
    void hasTheSameGradientWithAndWithoutAllLogits() {
        TokenBatch batch = GOLDEN.batch("");
        double scale = 0.03;
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            Adapter plain = model.add("plain", copyOfNorm(List.of()));
            Adapter probed = model.add("probed", copyOfNorm(List.of("lm_head")));
            for (Adapter adapter : List.of(plain, probed)) {
                model.accumulateGradients(AdapterSelection.of(adapter.name()), batch, scale, 0);
            }
            float[] expected = gradient(probed);
            Compare.close("gradient", expected, gradient(plain), null, 1e-6);
            assertEquals(32, expected.length);
        }
    }

    private static ProbeMethod.ProbeConfig copyOfNorm(List<String> places) {
        return new ProbeMethod.ProbeConfig(places, List.of(), List.of("model.norm"));
    }

    private static float[] gradient(Adapter adapter) {
        return gradient(adapter, 0);
    }

    private static float[] gradient(Adapter adapter, int index) {
        return Objects.requireNonNull(adapter.parameters().get(index).gradient()).toFloats();
    }

    @Test
    void aVirtualTokenPredictsTheFirstRealOne() {
        long[] ids = {5, 9, 13};
        TokenBatch labelled = TokenBatch.padded(List.of(ids), List.of(ids), 0, false);
        long[] whole = {1, 5, 9, 13};
        long[] labels = {TokenBatch.IGNORED, 5, 9, 13};
        TokenBatch real = TokenBatch.padded(List.of(whole), List.of(labels), 0, false);
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            model.add("before", ProbeMethod.before(1L));
            StepLoss expected = model.loss(AdapterSelection.none(), real);
            StepLoss actual = model.loss(AdapterSelection.of("before"), labelled);
            assertEquals(expected.count(), actual.count());
            assertEquals(expected.sum(), actual.sum(), 1e-4);
        }
    }

    @Test
    void aBatchWithoutScoredPositionsHasNoLoss() {
        long[] ids = {1, 2, 3};
        long[] none = {7, TokenBatch.IGNORED, TokenBatch.IGNORED};
        TokenBatch batch = TokenBatch.padded(List.of(ids), List.of(none), 0, false);
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(AdapterSelection.none(), Mode.TRAINING, 0)) {
            TaskLoss loss = base.loss(context, batch, 1);
            assertEquals(0, loss.count());
            assertNull(loss.output());
        }
    }

    @Test
    void saysWhereItsGradientStarts() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(AdapterSelection.none(), Mode.TRAINING, 0)) {
            TaskLoss loss = base.loss(context, GOLDEN.batch(""), 1);
            Tensor output = Objects.requireNonNull(loss.output());
            assertEquals(loss.count(), output.size(0));
            assertNotNull(loss.outputGradient());
        }
    }

    @Test
    void refusesLabelsThatAreNoIds() {
        long[] ids = {1, 2, 3};
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"))) {
            for (long label : new long[] {128, -1}) {
                long[] labels = {1, 2, label};
                TokenBatch batch = TokenBatch.padded(List.of(ids), List.of(labels), 0, false);
                Refused.because("label " + label + " at position 2", () -> base.lossCount(batch));
            }
        }
    }

    /** Padding on either side, and rows that consist of nothing else, leave no trace. */
    @ParameterizedTest
    @CsvSource({"llama, true", "llama, false", "mistral, true", "mistral, false"})
    void paddingDoesNotTouchGradients(String name, boolean left) {
        long[] longer = {1, 20, 30, 11, 12, 13, 14, 15, 16, 17, 18, 19};
        long[] shorter = {1, 21};
        List<String> trained = List.of("model.layers.0.self_attn", "model.embed_tokens");
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            ProbeMethod.ProbeConfig config =
                    new ProbeMethod.ProbeConfig(List.of(), List.of(), trained);
            Adapter apart = model.add("apart", config);
            Adapter together = model.add("together", config);
            for (long[] row : List.of(longer, shorter)) {
                TokenBatch alone =
                        TokenBatch.padded(List.of(row), List.of(afterFirst(row)), 0, left);
                model.accumulateGradients(AdapterSelection.of("apart"), alone, 1, 0);
            }
            List<long[]> rows = List.of(longer, shorter);
            List<long[]> labels = rows.stream().map(LossTest::afterFirst).toList();
            TokenBatch padded = TokenBatch.padded(rows, labels, 0, left);
            model.accumulateGradients(AdapterSelection.of("together"), padded, 1, 0);
            for (int i = 0; i < apart.parameters().size(); i++) {
                Compare.close(
                        apart.parameters().get(i).key(),
                        gradient(apart, i),
                        gradient(together, i),
                        null,
                        1e-5);
            }
        }
    }

    /**
     * A row's own ids as labels, but for the first: with padding before it that would be scored.
     */
    private static long[] afterFirst(long[] ids) {
        long[] labels = ids.clone();
        labels[0] = TokenBatch.IGNORED;
        return labels;
    }
}
