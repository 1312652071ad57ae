package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.train.data.BatchOrder;
import org.peft4j.train.optim.Schedule;

/** The trainer gives the losses, norms, rates and parameters of a loop in Python. */
final class TrainingParityTest {

    /**
     * The roundings of float32 are at most this far apart after the steps. The bias of a key is the
     * worst: it has hardly any gradient, and AdamW divides it by its own size.
     */
    private static final double PARAMETERS = 1e-4;

    @ParameterizedTest
    @CsvSource({
        "llama-plain, MEAN_OF_BATCHES, sched",
        "llama-plain, LABELS_OF_STEP, sched_by_token",
        "qwen2-bias-all, MEAN_OF_BATCHES, sched",
        "qwen2-bias-all, LABELS_OF_STEP, sched_by_token"
    })
    void accumulationAndSchedule(String name, LossNormalization normalization, String prefix) {
        JsonObject schedule = facts(name).getAsJsonObject("sched");
        TrainingConfig config =
                golden(name)
                        .gradientAccumulation(schedule.get("accumulation").getAsInt())
                        .maxSteps(schedule.get("num_training_steps").getAsLong())
                        .warmupSteps(schedule.get("num_warmup_steps").getAsLong())
                        .schedule(Schedule.LINEAR)
                        .normalization(normalization)
                        .build();
        compare(name, config, prefix + ".", prefix + ".after.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-plain", "llama-all-linear", "mistral-plain", "qwen2-plain"})
    void twentySteps(String name) {
        TrainingConfig config = golden(name).maxSteps(20).schedule(Schedule.CONSTANT).build();
        compare(name, config, "steps.", "after.");
    }

    @Test
    void stepsCountWhatTheyShould() {
        Golden golden = Fixtures.golden("adapters/llama-plain");
        assertEquals(20, golden.get("steps.loss").size(0));
        assertEquals(4, Tiny.goldenExamples(golden).size());
    }

    private static JsonObject facts(String name) {
        return Fixtures.goldenJson("adapters/" + name);
    }

    private static TrainingConfigBuilder golden(String name) {
        JsonObject optimizer = facts(name).getAsJsonObject("optimizer");
        return Tiny.config()
                .order(BatchOrder.AS_GIVEN)
                .learningRate(optimizer.get("lr").getAsDouble())
                .weightDecay(optimizer.get("weight_decay").getAsDouble())
                .maxGradientNorm(optimizer.get("max_norm").getAsDouble());
    }

    private static void compare(String name, TrainingConfig config, String prefix, String after) {
        Golden golden = Fixtures.golden("adapters/" + name);
        try (BaseModel base = Tiny.base(facts(name).get("base").getAsString());
                PeftModel model = PeftModel.of(base)) {
            Adapter adapter = model.load("default", Fixtures.adapter(name));
            adapter.setTrainable(true);
            List<StepMetrics> steps = new ArrayList<>();
            Trainer.builder()
                    .setModel(model)
                    .setSelection(AdapterSelection.of("default"))
                    .setExamples(Tiny.goldenExamples(golden))
                    .setConfig(config)
                    .addListener(
                            new TrainingListener() {
                                @Override
                                public void onStep(StepMetrics metrics) {
                                    steps.add(metrics);
                                }
                            })
                    .build()
                    .train();
            float[] losses = golden.floats(prefix + "loss");
            float[] norms = golden.floats(prefix + "grad_norm");
            assertEquals(losses.length, steps.size());
            for (int i = 0; i < losses.length; i++) {
                StepMetrics metrics = steps.get(i);
                assertEquals(losses[i], metrics.loss(), 1e-4 * losses[i], "loss of " + metrics);
                assertEquals(
                        norms[i], metrics.gradientNorm(), 1e-4 * norms[i], "norm of " + metrics);
                if (golden.contains(prefix + "lr")) {
                    double rate = golden.get(prefix + "lr").doubles()[i];
                    assertEquals(rate, metrics.learningRate(), 1e-15, "rate of " + metrics);
                }
            }
            for (Parameter parameter : adapter.parameters()) {
                if (!golden.contains(after + parameter.key())) {
                    continue;
                }
                float[] expected = golden.floats(after + parameter.key());
                float[] actual = parameter.value().toFloats();
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], actual[i], PARAMETERS, parameter.key() + " at " + i);
                }
            }
        }
    }
}
