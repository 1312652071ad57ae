package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.PlainTraining;

/** What peft computes and trains with its adapters for other tasks than language modelling. */
final class LoraTaskTest {

    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    private static List<String> names() {
        return TaskCase.names();
    }

    private static List<String> trainableNames() {
        return TaskCase.trainableNames();
    }

    @ParameterizedTest
    @MethodSource("names")
    void logits(String name) {
        TaskCase task = TaskCase.of(name);
        LoraCase lora = task.lora();
        try (BaseModel base = task.open();
                PeftModel model = lora.load(base)) {
            TokenBatch batch = task.batch(base);
            compare(lora, model, AdapterSelection.none(), batch, "base");
            compare(lora, model, ADAPTER, batch, "unmerged");
            model.merge("default");
            compare(lora, model, AdapterSelection.none(), batch, "merged");
        }
    }

    private static void compare(
            LoraCase lora,
            PeftModel model,
            AdapterSelection selection,
            TokenBatch batch,
            String which) {
        if (lora.golden().names().stream().noneMatch(key -> key.endsWith("." + which))) {
            return; // a base without a head has no logits
        }
        try (Tensor logits = model.logits(selection, batch)) {
            boolean perRow = logits.shape().dimension() == 2;
            Compare.closeWhere(
                    lora.name() + " " + which,
                    perRow ? ones(batch.rows()) : lora.golden().longs("attention_mask"),
                    expected(lora.golden(), which),
                    logits.toFloats(),
                    1e-5);
        }
    }

    private static long[] ones(int count) {
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static float[] expected(Golden golden, String which) {
        if (golden.contains("hidden_last." + which)) {
            return golden.floats("hidden_last." + which);
        }
        if (golden.contains("logits." + which)) {
            return golden.floats("logits." + which);
        }
        float[] starts = golden.floats("start_logits." + which);
        float[] ends = golden.floats("end_logits." + which);
        float[] both = new float[2 * starts.length];
        for (int i = 0; i < starts.length; i++) {
            both[2 * i] = starts[i];
            both[2 * i + 1] = ends[i];
        }
        return both;
    }

    @ParameterizedTest
    @MethodSource("trainableNames")
    void lossAndGradients(String name) {
        TaskCase task = TaskCase.of(name);
        LoraCase lora = task.lora();
        Golden golden = lora.golden();
        try (BaseModel base = task.open();
                PeftModel model = lora.load(base)) {
            TokenBatch batch = task.batch(base);
            double scale = 1.0 / base.lossCount(batch);
            double loss = model.accumulateGradients(ADAPTER, batch, scale, 0).mean();
            assertEquals(golden.get("loss").single(), loss, 1e-4 * loss, "loss");
            List<String> compared = new ArrayList<>();
            for (Parameter parameter : model.adapter("default").parameters()) {
                if (golden.contains("grad." + parameter.key())) {
                    Tensor gradient = parameter.gradient();
                    assertNotNull(gradient, parameter.key());
                    Compare.closeToLargest(
                            "gradient of " + parameter.key(),
                            golden.floats("grad." + parameter.key()),
                            gradient.toFloats(),
                            1e-4);
                    compared.add(parameter.key());
                }
            }
            assertEquals(
                    golden.names().stream().filter(n -> n.startsWith("grad.")).count(),
                    compared.size());
        }
    }

    @ParameterizedTest
    @MethodSource("trainableNames")
    void twentySteps(String name) {
        TaskCase task = TaskCase.of(name);
        LoraCase lora = task.lora();
        Golden golden = lora.golden();
        float[] losses = golden.floats("steps.loss");
        try (BaseModel base = task.open();
                PeftModel model = lora.load(base);
                PlainTraining training = new PlainTraining(model, "default", 5e-3)) {
            List<TokenBatch> batches = task.trainingBatches(base);
            for (int i = 0; i < losses.length; i++) {
                PlainTraining.Step step = training.step(batches.get(i % batches.size()));
                assertEquals(losses[i], step.loss(), 1e-4 * losses[i], "loss of step " + i);
            }
            for (Parameter parameter : model.adapter("default").parameters()) {
                if (golden.contains("after." + parameter.key())) {
                    Compare.close(
                            parameter.key() + " after 20 steps",
                            golden.floats("after." + parameter.key()),
                            parameter.value().toFloats(),
                            1e-4);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainableParameters(String name) {
        TaskCase task = TaskCase.of(name);
        LoraCase lora = task.lora();
        try (BaseModel base = task.open();
                PeftModel model = lora.load(base)) {
            assertEquals(
                    lora.facts().getAsJsonObject("trainable").get("text").getAsString(),
                    model.trainableParameters().toString());
        }
    }
}
