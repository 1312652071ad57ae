package org.peft4j.adapter.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.PlainTraining;
import org.peft4j.fixtures.Tensors;

/**
 * What AdapterHub's library computes and trains with MAM, UniPELT and their parts, this does too.
 */
final class UnionParityTest {

    static List<UnionFixture> fixtures() {
        return UnionFixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void logits(UnionFixture fixture) {
        try (BaseModel base = fixture.open();
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = fixture.batches().batch(base);
            AdapterSelection union = fixture.load(model);
            compare(fixture, "base", Tensors.logits(model, AdapterSelection.none(), batch));
            compare(fixture, "unmerged", Tensors.logits(model, union, batch));
        }
    }

    private static void compare(UnionFixture fixture, String which, float[] logits) {
        Golden golden = fixture.golden();
        long[] everywhere = new long[golden.get("input_ids").size(0)];
        Arrays.fill(everywhere, 1);
        Compare.closeWhere(
                fixture + " " + which,
                fixture.task() == TaskType.SEQ_CLS ? everywhere : golden.longs("attention_mask"),
                golden.floats("logits." + which),
                logits,
                1e-5);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void lossAndGradients(UnionFixture fixture) {
        Golden golden = fixture.golden();
        try (BaseModel base = fixture.open();
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = fixture.batches().batch(base);
            AdapterSelection union = fixture.load(model);
            double scale = 1.0 / model.lossCount(union, batch);
            double loss = model.accumulateGradients(union, batch, scale, 0).mean();
            assertEquals(golden.get("loss").single(), loss, 1e-4 * loss, "loss");
            Map<String, Parameter> parameters = UnionFixture.parameters(model, union);
            assertEquals(fixture.keys().keySet(), parameters.keySet());
            parameters.forEach(
                    (key, parameter) -> {
                        Tensor gradient = parameter.gradient();
                        assertNotNull(gradient, key);
                        Compare.closeToLargest(
                                "gradient of " + key,
                                golden.floats("grad." + key),
                                gradient.toFloats(),
                                1e-4);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void twentySteps(UnionFixture fixture) {
        Golden golden = fixture.golden();
        float[] losses = golden.floats("steps.loss");
        float[] norms = golden.floats("steps.grad_norm");
        try (BaseModel base = fixture.open();
                PeftModel model = PeftModel.of(base)) {
            AdapterSelection union = fixture.load(model);
            List<TokenBatch> batches = fixture.batches().training(base);
            try (PlainTraining training = new PlainTraining(model, union, 5e-3)) {
                for (int i = 0; i < losses.length; i++) {
                    PlainTraining.Step step = training.step(batches.get(i % batches.size()));
                    assertEquals(losses[i], step.loss(), 1e-4 * losses[i], "loss of step " + i);
                    assertEquals(
                            norms[i], step.gradientNorm(), 1e-4 * norms[i], "norm of step " + i);
                }
            }
            Map<String, Parameter> parameters = UnionFixture.parameters(model, union);
            parameters.forEach(
                    (key, parameter) ->
                            Compare.close(
                                    key + " after 20 steps",
                                    golden.floats("after." + key),
                                    parameter.value().toFloats(),
                                    1e-4));
        }
    }
}
