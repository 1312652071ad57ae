package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.Tensor;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.train.data.BatchOrder;
import org.peft4j.train.data.Example;
import org.peft4j.train.metrics.Accuracy;
import org.peft4j.train.metrics.Evaluation;
import org.peft4j.train.metrics.Evaluator;

final class TrainerTest {

    private static final BaseModel BASE = Tiny.base("llama");
    private static final AdapterSelection TASK = AdapterSelection.of("task");

    @AfterAll
    static void closeBase() {
        BASE.close();
    }

    private static TrainerBuilder trainer(
            PeftModel model, List<Example> examples, TrainingConfigBuilder config) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(TASK)
                .setExamples(examples)
                .setConfig(config.build());
    }

    private static Map<String, float[]> trained(
            List<Example> examples, TrainingConfigBuilder config, double dropout) {
        try (PeftModel model = Tiny.model(BASE, dropout, "task")) {
            trainer(model, examples, config).build().train();
            return Tiny.parameters(model.adapter("task"));
        }
    }

    private static TrainingListener afterStep(long step, Runnable action) {
        return new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                if (metrics.step() == step) {
                    action.run();
                }
            }
        };
    }

    @Test
    void learnsByHeart() {
        List<Example> examples = Tiny.examples(4, 5);
        try (PeftModel model = PeftModel.of(BASE)) {
            model.add(
                    "task",
                    org.peft4j.lora.LoraConfig.builder()
                            .rank(8)
                            .alpha(16)
                            .targetModules(
                                    "q_proj",
                                    "v_proj",
                                    "o_proj",
                                    "gate_proj",
                                    "up_proj",
                                    "down_proj")
                            .build());
            Evaluator evaluator =
                    new Evaluator(model, org.peft4j.train.data.Collator.toLongest(), 3);
            Accuracy before = evaluator.accuracy(TASK, examples);
            TrainingReport report =
                    trainer(model, examples, Tiny.config().epochs(40).batchSize(4))
                            .optEvaluation(examples)
                            .build()
                            .train();
            Evaluation end = report.evaluations().get(report.steps());
            Accuracy after = evaluator.accuracy(TASK, examples);
            assertEquals(40, report.losses().size());
            assertTrue(report.isComplete());
            assertTrue(end != null && end.loss() < 0.2 * report.losses().get(0), report.toString());
            assertTrue(before.tokenAccuracy() < 0.5, before.toString());
            assertEquals(1, after.exactMatch(), after.toString());
            assertEquals(1, after.tokenAccuracy());
        }
    }

    @Test
    void twoBatchesOfOneAreABatchOfTwo() {
        List<Example> examples = Tiny.examples(6, 1);
        TrainingConfigBuilder config = Tiny.config().order(BatchOrder.AS_GIVEN).epochs(2);
        Map<String, float[]> together = trained(examples, config.batchSize(2), 0);
        Map<String, float[]> apart =
                trained(examples, config.batchSize(1).gradientAccumulation(2), 0);
        assertEquals(0, Tiny.difference(together, apart), 1e-6);
    }

    @Test
    void theSeedDecidesEverything() {
        List<Example> examples = Tiny.examples(6, 2);
        Map<String, float[]> once = trained(examples, Tiny.config().epochs(2), 0.2);
        Map<String, float[]> again = trained(examples, Tiny.config().epochs(2), 0.2);
        Map<String, float[]> other = trained(examples, Tiny.config().epochs(2).seed(7), 0.2);
        assertEquals(0, Tiny.difference(once, again));
        assertTrue(Tiny.difference(once, other) > 1e-4);
    }

    @Test
    void aMixtureTrainsEachAdapterAsIfItWereAlone() {
        List<Example> first = Tiny.examples(4, 3);
        List<Example> second = Tiny.examples(4, 4);
        TrainingConfigBuilder config = Tiny.config().order(BatchOrder.AS_GIVEN).epochs(3);
        List<Example> mixed = new ArrayList<>();
        for (int i = 0; i < 4; i += 2) {
            for (List<Example> of : List.of(first, second)) {
                String name = of == first ? "first" : "second";
                AdapterSelection selection = AdapterSelection.of(name);
                mixed.add(of.get(i).withSelection(selection));
                mixed.add(of.get(i + 1).withSelection(selection));
            }
        }
        try (PeftModel together = Tiny.model(BASE, 0, "first", "second");
                PeftModel alone = Tiny.model(BASE, 0, "first", "second")) {
            trainer(together, mixed, config.batchSize(4)).build().train();
            for (String name : List.of("first", "second")) {
                Trainer.builder()
                        .setModel(alone)
                        .setSelection(AdapterSelection.of(name))
                        .setExamples(name.equals("first") ? first : second)
                        .setConfig(config.batchSize(2).build())
                        .build()
                        .train();
                assertEquals(
                        0,
                        Tiny.difference(
                                Tiny.parameters(alone.adapter(name)),
                                Tiny.parameters(together.adapter(name))),
                        2e-6,
                        name);
            }
        }
    }

    @Test
    void onlyTheSelectedTrainableAdapterChanges() {
        try (PeftModel model = Tiny.model(BASE, 0, "task", "other")) {
            Map<String, float[]> before = Tiny.parameters(model.adapter("other"));
            trainer(model, Tiny.examples(4, 1), Tiny.config()).build().train();
            assertEquals(0, Tiny.difference(before, Tiny.parameters(model.adapter("other"))));
        }
    }

    @Test
    void stepsLeakNothing() {
        try (PeftModel model = Tiny.model(BASE, 0.1, "task")) {
            long before = BASE.door().openTensors();
            List<Long> open = new ArrayList<>();
            TrainingListener counting =
                    new TrainingListener() {
                        @Override
                        public void onStep(StepMetrics metrics) {
                            open.add(BASE.door().openTensors());
                        }
                    };
            trainer(
                            model,
                            Tiny.examples(9, 1),
                            Tiny.config().epochs(3).gradientAccumulation(2).evaluateEverySteps(2))
                    .optEvaluation(Tiny.examples(3, 8))
                    .addListener(counting)
                    .build()
                    .train();
            assertEquals(9, open.size());
            // The first step makes the optimiser's state, and constants are kept.
            assertEquals(open.get(3), open.get(8), open.toString());
            long after = BASE.door().openTensors();
            assertTrue(after - before <= 2, "constants only, but " + (after - before));
            for (Parameter parameter : model.adapter("task").parameters()) {
                assertNull(parameter.gradient());
            }
        }
    }

    @Test
    void aLossThatIsNotFiniteEndsTheTrainingBeforeItsStep(@TempDir Path directory) {
        try (PeftModel model = Tiny.model(BASE, 0, "task")) {
            Parameter damaged =
                    model.adapter("task").parameters().stream()
                            .filter(parameter -> parameter.key().contains("v_proj.lora_A"))
                            .findFirst()
                            .orElseThrow();
            List<Map<String, float[]>> seen = new ArrayList<>();
            TrainingListener damaging =
                    afterStep(
                            3,
                            () -> {
                                float[] values = damaged.value().toFloats();
                                values[0] = Float.NaN;
                                try (Tensor bad =
                                        BASE.door()
                                                .weights()
                                                .floats(
                                                        values,
                                                        damaged.value().shape().getShape())) {
                                    BASE.door().updates().assign(damaged.value(), bad);
                                }
                                seen.add(Tiny.parameters(model.adapter("task")));
                            });
            Trainer trainer =
                    trainer(
                                    model,
                                    Tiny.examples(8, 1),
                                    Tiny.config()
                                            .epochs(2)
                                            .checkpointDirectory(directory)
                                            .checkpointEverySteps(2))
                            .addListener(damaging)
                            .build();
            NonFiniteException error = assertThrows(NonFiniteException.class, trainer::train);
            String message = String.valueOf(error.getMessage());
            assertTrue(message.startsWith("step 4: the loss is NaN"), message);
            Map<String, float[]> now = Tiny.parameters(model.adapter("task"));
            for (String key : now.keySet()) {
                org.junit.jupiter.api.Assertions.assertArrayEquals(
                        seen.get(0).get(key), now.get(key), key);
            }
            for (Parameter parameter : model.adapter("task").parameters()) {
                assertNull(parameter.gradient());
            }
            assertEquals(
                    List.of(directory.resolve("checkpoint-2")),
                    new CheckpointStore(directory, 2).all());
            // What was good is still good: the training goes on from there.
            TrainingReport report =
                    trainer(
                                    model,
                                    Tiny.examples(8, 1),
                                    Tiny.config().epochs(2).checkpointDirectory(directory))
                            .build()
                            .resume();
            assertEquals(8, report.steps());
        }
    }

    @Test
    void anInterruptionStopsAfterTheStepWithACheckpoint(@TempDir Path directory) {
        try (PeftModel model = Tiny.model(BASE, 0, "task")) {
            TrainingReport report =
                    trainer(
                                    model,
                                    Tiny.examples(8, 1),
                                    Tiny.config()
                                            .progressBar(ProgressBarMode.ON)
                                            .checkpointDirectory(directory))
                            .addListener(afterStep(2, () -> Thread.currentThread().interrupt()))
                            .build()
                            .train();
            assertTrue(Thread.interrupted(), "the interruption is passed on");
            assertEquals(2, report.steps());
            assertEquals(4, report.totalSteps());
            assertFalse(report.isComplete());
            assertEquals(directory.resolve("checkpoint-2"), report.checkpoint().orElseThrow());
        }
    }

    @Test
    void aTrainingCanBeStoppedFromOutside() {
        try (PeftModel model = Tiny.model(BASE, 0, "task")) {
            Trainer[] trainer = new Trainer[1];
            trainer[0] =
                    trainer(model, Tiny.examples(8, 1), Tiny.config())
                            .addListener(afterStep(3, () -> trainer[0].stop()))
                            .build();
            assertEquals(3, trainer[0].train().steps());
        }
    }

    @Test
    void listenersHearOfEverything(@TempDir Path directory) {
        List<String> heard = new ArrayList<>();
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void onStep(StepMetrics metrics) {
                        heard.add("step " + metrics.step() + " of epoch " + metrics.epoch());
                    }

                    @Override
                    public void onEvaluation(long step, Evaluation evaluation) {
                        heard.add("evaluation " + step);
                    }

                    @Override
                    public void onCheckpoint(long step, Path checkpoint) {
                        heard.add("checkpoint " + step);
                    }

                    @Override
                    public void onEnd(TrainingReport report) {
                        heard.add("end " + report.steps());
                    }
                };
        try (PeftModel model = Tiny.model(BASE, 0, "task")) {
            trainer(
                            model,
                            Tiny.examples(4, 1),
                            Tiny.config()
                                    .maxSteps(3)
                                    .evaluateEverySteps(2)
                                    .checkpointDirectory(directory)
                                    .checkpointEverySteps(2))
                    .optEvaluation(Tiny.examples(2, 2))
                    .addListener(listener)
                    .build()
                    .train();
        }
        assertEquals(
                List.of(
                        "step 1 of epoch 0.5",
                        "step 2 of epoch 1.0",
                        "evaluation 2",
                        "checkpoint 2",
                        "step 3 of epoch 1.5",
                        "evaluation 3",
                        "checkpoint 3",
                        "end 3"),
                heard);
    }

    @Test
    void longExamplesAreCutAndThoseWithoutLabelsDropped() {
        long[] seven = {3, 4, 5, 6, 7, 8, 9};
        List<Example> examples =
                List.of(
                        Example.ofCompletion(seven, new long[] {10, 11}),
                        Example.ofCompletion(new long[] {3, 4}, seven),
                        Example.ofCompletion(new long[] {3}, new long[] {4}));
        try (PeftModel model = Tiny.model(BASE, 0, "task")) {
            Trainer trainer = trainer(model, examples, Tiny.config().maxLength(6)).build();
            assertEquals(1, trainer.data().cut());
            assertEquals(1, trainer.data().dropped());
            assertEquals(
                    List.of(6, 2),
                    trainer.data().examples().stream().map(Example::length).toList());
            assertEquals(8, trainer.train().tokens());
        }
    }

    @Test
    void mistakesAreNamedBeforeTheTraining() {
        List<Example> examples = Tiny.examples(2, 1);
        try (PeftModel model = Tiny.model(BASE, 0, "task", "other")) {
            message("setModel", () -> Trainer.builder().setSelection(TASK).build());
            message(
                    "no adapter named ghost",
                    () ->
                            trainer(model, examples, Tiny.config())
                                    .setSelection(AdapterSelection.of("ghost"))
                                    .build());
            message(
                    "example.withSelection",
                    () ->
                            trainer(model, examples, Tiny.config())
                                    .setSelection(AdapterSelection.perRow("task", "other"))
                                    .build());
            message(
                    "LABELS_OF_STEP",
                    () ->
                            trainer(
                                            model,
                                            List.of(
                                                    examples.get(0),
                                                    examples.get(1)
                                                            .withSelection(
                                                                    AdapterSelection.of("other"))),
                                            Tiny.config()
                                                    .normalization(
                                                            LossNormalization.MEAN_OF_BATCHES))
                                    .build());
            message(
                    "none of the 1 examples has a label",
                    () ->
                            trainer(
                                            model,
                                            List.of(
                                                    Example.of(
                                                            new long[] {3, 4},
                                                            new long[] {3, -100})),
                                            Tiny.config())
                                    .build());
            message(
                    "some rows select no adapter",
                    () ->
                            trainer(
                                            model,
                                            List.of(
                                                    examples.get(0),
                                                    examples.get(1)
                                                            .withSelection(
                                                                    AdapterSelection.none())),
                                            Tiny.config())
                                    .build());
            model.adapter("task").setTrainable(false);
            message("setTrainable(true)", () -> trainer(model, examples, Tiny.config()).build());
        }
    }

    private static void message(String expected, org.junit.jupiter.api.function.Executable body) {
        String message = String.valueOf(assertThrows(PeftException.class, body).getMessage());
        assertTrue(message.contains(expected), message);
    }
}
