package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
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
        return Objects.requireNonNull(adapter.parameters().get(0).gradient()).toFloats();
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
}
