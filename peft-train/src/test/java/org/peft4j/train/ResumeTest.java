package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.train.data.Example;

/** A training that stops and goes on gives the numbers of one that does not. */
final class ResumeTest {

    private static final int STEPS = 8;

    @TempDir private Path directory;

    private TrainingConfigBuilder config() {
        return Tiny.config()
                .maxSteps(STEPS)
                .gradientAccumulation(2)
                .warmupSteps(2)
                .checkpointDirectory(directory);
    }

    private static TrainerBuilder trainer(PeftModel model, TrainingConfigBuilder config) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(AdapterSelection.of("task"))
                .setExamples(Tiny.examples(10, 6))
                .optEvaluation(Tiny.examples(3, 7))
                .setConfig(config.build());
    }

    /** A model as a process of its own has it: nothing but files is shared with other calls. */
    private record Session(BaseModel base, PeftModel model) implements AutoCloseable {

        static Session start(double dropout, String... adapters) {
            BaseModel base = Tiny.base("llama");
            return new Session(base, Tiny.model(base, dropout, adapters));
        }

        Map<String, float[]> parameters(String adapter) {
            return Tiny.parameters(model.adapter(adapter));
        }

        @Override
        public void close() {
            model.close();
            base.close();
        }
    }

    private static void stopAfter(long step, TrainerBuilder builder) {
        Trainer[] trainer = new Trainer[1];
        builder.addListener(
                new TrainingListener() {
                    @Override
                    public void onStep(StepMetrics metrics) {
                        if (metrics.step() == step) {
                            trainer[0].stop();
                        }
                    }
                });
        trainer[0] = builder.build();
        assertEquals(step, trainer[0].train().steps());
    }

    private record Result(TrainingReport report, Map<String, float[]> parameters) {}

    private Result uninterrupted(Path other) {
        try (Session process = Session.start(0.1, "task")) {
            TrainingReport report =
                    trainer(process.model(), config().checkpointDirectory(other)).build().train();
            return new Result(report, process.parameters("task"));
        }
    }

    @Test
    void losesNothingWithDropoutAndAccumulation(@TempDir Path other) {
        Result straight = uninterrupted(other);
        try (Session process = Session.start(0.1, "task")) {
            stopAfter(3, trainer(process.model(), config().evaluateEverySteps(2)));
        }
        try (Session process = Session.start(0.1, "task")) {
            TrainingReport report = trainer(process.model(), config()).build().resume();
            assertEquals(straight.report().losses(), report.losses());
            assertEquals(0, Tiny.difference(straight.parameters(), process.parameters("task")));
            assertEquals(straight.report().tokens(), report.tokens());
            assertEquals(
                    straight.report().evaluations().get((long) STEPS),
                    report.evaluations().get((long) STEPS));
            assertTrue(report.evaluations().containsKey(2L), "what was measured before is kept");
            assertEquals(directory.resolve("checkpoint-8"), report.checkpoint().orElseThrow());
        }
    }

    /** What inference needs of it is not enough to go on: the encoder must come back. */
    @Test
    void thePrefixGoesOnWithItsEncoder(@TempDir Path other) {
        Map<String, float[]> straight;
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = withPrefix(base)) {
            trainer(model, config().checkpointDirectory(other)).build().train();
            straight = Tiny.parameters(model.adapter("task"));
        }
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = withPrefix(base)) {
            stopAfter(3, trainer(model, config()));
        }
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = withPrefix(base)) {
            trainer(model, config()).build().resume();
            assertTrue(straight.containsKey("transform.0.weight"), straight.keySet()::toString);
            assertEquals(0, Tiny.difference(straight, Tiny.parameters(model.adapter("task"))));
        }
    }

    private static PeftModel withPrefix(BaseModel base) {
        PeftModel model = PeftModel.of(base);
        model.add(
                "task",
                PrefixTuningConfig.builder()
                        .virtualTokens(3)
                        .prefixProjection(true)
                        .encoderHiddenSize(6)
                        .build(),
                1);
        return model;
    }

    @Test
    void aKilledProcessLosesOnlyWhatCameAfterItsLastCheckpoint(@TempDir Path other)
            throws IOException, InterruptedException {
        Result straight = uninterrupted(other);
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dai.djl.offline=true",
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Endless.class.getName(),
                                directory.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(other.resolve("child.log").toFile())
                        .start();
        CheckpointStore store = new CheckpointStore(directory, 2);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (store.latest().map(CheckpointStore::stepOf).orElse(0L) < 3) {
            assertTrue(
                    child.isAlive() && System.nanoTime() < deadline,
                    Files.readString(other.resolve("child.log")));
            Thread.sleep(1);
        }
        child.destroyForcibly().waitFor();
        try (Session process = Session.start(0.1, "task")) {
            TrainingReport report = trainer(process.model(), config()).build().resume();
            assertEquals(straight.report().losses(), report.losses());
            assertEquals(0, Tiny.difference(straight.parameters(), process.parameters("task")));
        }
        try (var files = Files.list(directory)) {
            assertTrue(
                    files.allMatch(
                            file -> file.getFileName().toString().matches("checkpoint-\\d+")),
                    "nothing half written is left");
        }
    }

    /** The same training, which writes a checkpoint over and over until it is killed. */
    static final class Endless {
        public static void main(String[] arguments) {
            ResumeTest test = new ResumeTest();
            test.directory = Path.of(arguments[0]);
            Session process = Session.start(0.1, "task");
            Trainer trainer =
                    trainer(process.model(), test.config().checkpointEverySteps(1))
                            .addListener(
                                    new TrainingListener() {
                                        @Override
                                        public void onStep(StepMetrics metrics) {
                                            if (metrics.step() > 5) {
                                                sleep();
                                            }
                                        }
                                    })
                            .build();
            trainer.train();
        }

        private static void sleep() {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aMixtureIsResumedToo(@TempDir Path other) {
        List<Example> examples =
                java.util.stream.IntStream.range(0, 8)
                        .mapToObj(
                                i ->
                                        Tiny.examples(8, 6)
                                                .get(i)
                                                .withSelection(
                                                        AdapterSelection.of(
                                                                i % 3 == 0 ? "other" : "task")))
                        .toList();
        Map<String, float[]> expected;
        try (Session process = Session.start(0.1, "task", "other")) {
            trainer(process.model(), config().checkpointDirectory(other))
                    .setExamples(examples)
                    .build()
                    .train();
            expected = process.parameters("other");
        }
        try (Session process = Session.start(0.1, "task", "other")) {
            stopAfter(5, trainer(process.model(), config()).setExamples(examples));
            // Each adapter lies where it can be loaded from by itself.
            process.model().load("copy", directory.resolve("checkpoint-5").resolve("other"));
        }
        try (Session process = Session.start(0.1, "task", "other")) {
            trainer(process.model(), config()).setExamples(examples).build().resume();
            assertEquals(0, Tiny.difference(expected, process.parameters("other")));
        }
    }

    @Test
    void theAdapterInACheckpointIsAnAdapter() {
        try (Session process = Session.start(0, "task")) {
            stopAfter(2, trainer(process.model(), config()));
            process.model().load("copy", directory.resolve("checkpoint-2"));
            assertEquals(
                    0, Tiny.difference(process.parameters("task"), process.parameters("copy")));
        }
    }

    @Test
    void oldCheckpointsAreRemoved() {
        try (Session process = Session.start(0, "task")) {
            trainer(process.model(), config().checkpointEverySteps(1).keepCheckpoints(3))
                    .build()
                    .train();
            assertEquals(
                    List.of("checkpoint-6", "checkpoint-7", "checkpoint-8"),
                    new CheckpointStore(directory, 3)
                            .all().stream().map(p -> p.getFileName().toString()).toList());
        }
    }

    @Test
    void beginningAndGoingOnAreNotMixedUp() {
        try (Session process = Session.start(0, "task")) {
            refused(
                    "no checkpoint to resume from",
                    () -> trainer(process.model(), config()).build().resume());
            stopAfter(2, trainer(process.model(), config()));
            refused(
                    "Go on with it by resume()",
                    () -> trainer(process.model(), config()).build().train());
        }
    }

    @Test
    void goingOnWithSomethingElseIsRefusedAndChangesNothing() {
        try (Session process = Session.start(0, "task")) {
            PeftModel model = process.model();
            stopAfter(2, trainer(model, config()));
        }
        try (Session process = Session.start(0, "task")) {
            PeftModel model = process.model();
            Map<String, float[]> before = process.parameters("task");
            refused(
                    "setting learningRate = 0.01, but now it is 0.02",
                    () -> trainer(model, config().learningRate(0.02)).build().resume());
            refused(
                    "setting seed = 42, but now it is 43",
                    () -> trainer(model, config().seed(43)).build().resume());
            refused(
                    "setting totalSteps = 8, but now it is 9",
                    () -> trainer(model, config().maxSteps(9)).build().resume());
            refused(
                    "training data's sha256",
                    () ->
                            trainer(model, config())
                                    .setExamples(Tiny.examples(10, 99))
                                    .build()
                                    .resume());
            assertEquals(0, Tiny.difference(before, process.parameters("task")));
            assertEquals(java.util.Set.of("task"), model.adapterNames());
        }
        try (Session process = Session.start(0.5, "task")) {
            refused(
                    "adapter task's setting lora_dropout = 0.0, but now it is 0.5",
                    () -> trainer(process.model(), config()).build().resume());
            assertEquals(java.util.Set.of("task"), process.model().adapterNames());
        }
        try (BaseModel base = Tiny.base("mistral");
                PeftModel model = Tiny.model(base, 0, "task")) {
            refused("base's", () -> trainer(model, config()).build().resume());
        }
    }

    @Test
    void aDamagedCheckpointIsRefusedAndChangesNothing() throws IOException {
        try (Session process = Session.start(0, "task")) {
            stopAfter(2, trainer(process.model(), config()));
        }
        Path checkpoint = directory.resolve("checkpoint-2");
        for (String name :
                List.of(
                        "optimizer.safetensors",
                        "trainer_state.json",
                        "adapter_model.safetensors",
                        "adapter_config.json")) {
            Path file = checkpoint.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
            damaged(name);
            Files.delete(file);
            damaged("");
            Files.write(file, whole);
        }
        try (Session process = Session.start(0, "task")) {
            assertEquals(STEPS, trainer(process.model(), config()).build().resume().steps());
        }
    }

    private void damaged(String file) {
        try (Session process = Session.start(0, "task")) {
            Map<String, float[]> before = process.parameters("task");
            BadFileException error =
                    assertThrows(
                            BadFileException.class,
                            () -> trainer(process.model(), config()).build().resume());
            assertTrue(String.valueOf(error.getMessage()).contains(file), error.getMessage());
            assertEquals(0, Tiny.difference(before, process.parameters("task")));
            assertEquals(java.util.Set.of("task"), process.model().adapterNames());
        }
    }

    @Test
    void aConstantRateMayGoOnForLonger() {
        TrainingConfigBuilder constant =
                config().schedule(org.peft4j.train.optim.Schedule.CONSTANT).warmupSteps(0);
        try (Session process = Session.start(0, "task")) {
            trainer(process.model(), constant.maxSteps(2)).build().train();
            TrainingReport longer = trainer(process.model(), constant.maxSteps(4)).build().resume();
            assertEquals(4, longer.steps());
        }
    }

    private static void refused(String expected, Executable body) {
        String message = String.valueOf(assertThrows(PeftException.class, body).getMessage());
        assertTrue(message.contains(expected), message);
    }
}
