package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
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

/** What peft computes and trains with its adapters, this library does too. */
final class LoraParityTest {

    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    /** Two right implementations in bfloat16 differ by this much; see the fixtures' README. */
    private static final double BFLOAT16_LOGITS = 0.1;

    private static final double BFLOAT16_PARAMETERS = 0.02;

    private static List<String> names() {
        return LoraCase.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void logits(String name) {
        LoraCase lora = new LoraCase(name);
        Golden golden = lora.golden();
        TokenBatch batch = golden.batch("");
        try (BaseModel base = lora.openBase();
                PeftModel model = lora.load(base)) {
            compare(lora, model, AdapterSelection.none(), batch, "logits.base");
            compare(lora, model, ADAPTER, batch, "logits.unmerged");
            model.merge("default");
            compare(lora, model, AdapterSelection.none(), batch, "logits.merged");
            model.unmerge();
            compare(lora, model, AdapterSelection.none(), batch, "logits.base");
        }
    }

    private static void compare(
            LoraCase lora,
            PeftModel model,
            AdapterSelection selection,
            TokenBatch batch,
            String expected) {
        Golden golden = lora.golden();
        try (Tensor logits = model.logits(selection, batch)) {
            Compare.closeWhere(
                    lora.name() + " " + expected,
                    golden.longs("attention_mask"),
                    golden.floats(expected),
                    logits.toFloats(),
                    lora.isBfloat16() ? BFLOAT16_LOGITS : 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void lossAndGradients(String name) {
        LoraCase lora = new LoraCase(name);
        Golden golden = lora.golden();
        TokenBatch batch = golden.batch("");
        double limit = lora.isBfloat16() ? 0.05 : 1e-4;
        try (BaseModel base = lora.openBase();
                PeftModel model = lora.load(base)) {
            double scale = 1.0 / base.lossCount(batch);
            double loss = model.accumulateGradients(ADAPTER, batch, scale, 0).mean();
            double expected = golden.get("loss").single();
            assertEquals(expected, loss, limit * expected, "loss");
            int compared = 0;
            for (Parameter parameter : model.adapter("default").parameters()) {
                Tensor gradient = parameter.gradient();
                assertNotNull(gradient, parameter.key());
                Compare.closeToLargest(
                        "gradient of " + parameter.key(),
                        golden.floats("grad." + parameter.key()),
                        gradient.toFloats(),
                        limit);
                compared++;
            }
            assertEquals(
                    golden.names().stream().filter(n -> n.startsWith("grad.")).count(), compared);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void twentySteps(String name) {
        LoraCase lora = new LoraCase(name);
        Golden golden = lora.golden();
        List<TokenBatch> batches = lora.trainingBatches();
        float[] losses = golden.floats("steps.loss");
        float[] norms = golden.floats("steps.grad_norm");
        double limit = lora.isBfloat16() ? BFLOAT16_PARAMETERS : 1e-4;
        try (BaseModel base = lora.openBase();
                PeftModel model = lora.load(base);
                PlainTraining training = new PlainTraining(model, "default", 5e-3)) {
            for (int i = 0; i < losses.length; i++) {
                PlainTraining.Step step = training.step(batches.get(i % batches.size()));
                assertEquals(losses[i], step.loss(), limit * losses[i], "loss of step " + i);
                assertEquals(
                        norms[i],
                        step.gradientNorm(),
                        (lora.isBfloat16() ? 0.05 : limit) * norms[i],
                        "gradient norm of step " + i);
            }
            for (Parameter parameter : model.adapter("default").parameters()) {
                Compare.close(
                        parameter.key() + " after 20 steps",
                        golden.floats("after." + parameter.key()),
                        parameter.value().toFloats(),
                        limit);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainableParameters(String name) {
        LoraCase lora = new LoraCase(name);
        try (BaseModel base = lora.openBase();
                PeftModel model = lora.load(base)) {
            assertEquals(
                    lora.facts().getAsJsonObject("trainable").get("text").getAsString(),
                    model.trainableParameters().toString());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void targets(String name) {
        LoraCase lora = new LoraCase(name);
        try (BaseModel base = lora.openBase();
                PeftModel model = lora.load(base)) {
            Object report = model.adapter("default").report().orElseThrow();
            List<String> expected =
                    lora.facts().getAsJsonArray("targeted_module_names").asList().stream()
                            .map(path -> path.getAsString())
                            .toList();
            assertTrue(
                    report instanceof org.peft4j.core.targets.TargetReport targets
                            && new TreeSet<>(targets.selected()).equals(new TreeSet<>(expected)),
                    report::toString);
            LoraConfig config = (LoraConfig) model.adapter("default").config();
            lora.facts()
                    .getAsJsonObject("modules")
                    .entrySet()
                    .forEach(
                            module ->
                                    assertEquals(
                                            module.getValue()
                                                    .getAsJsonObject()
                                                    .get("scaling")
                                                    .getAsDouble(),
                                            config.scalingAt(module.getKey()),
                                            1e-12,
                                            module.getKey()));
        }
    }
}
