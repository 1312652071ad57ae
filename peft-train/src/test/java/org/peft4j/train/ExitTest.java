package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ExitGuard;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.Mode;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** Tells processes to exit while a thread of theirs is inside libtorch: they must not crash. */
@Timeout(120)
final class ExitTest {

    private static final int STEPS = 4;
    private static final int TERMINATED = 128 + 15;

    @TempDir private Path directory;

    /** What the processes run: the named work, slow enough to be told to exit in its middle. */
    static final class Worker {

        public static void main(String[] arguments) {
            Path directory = Path.of(arguments[1]);
            try (BaseModel base = Tiny.base("llama");
                    PeftModel model = Tiny.model(base, 0, "a")) {
                switch (arguments[0]) {
                    case "train" -> trainer(model, directory, () -> compute(base)).train();
                    case "exit" -> trainer(model, directory, () -> System.exit(3)).train();
                    case "generate" ->
                            new Generator(
                                            model,
                                            GenerationConfig.builder().maxNewTokens(20).build())
                                    .generate(
                                            AdapterSelection.of("a"),
                                            List.of(new long[] {5, 6, 7}),
                                            (row, token) -> compute(base));
                    case "evaluate" ->
                            ExitGuard.during(
                                    () -> {
                                        compute(base);
                                        return 0;
                                    });
                    default -> throw new IllegalArgumentException(arguments[0]);
                }
            }
        }

        /** One call of libtorch that takes a second or more. */
        private static void compute(BaseModel base) {
            try (Ops ops = base.door().ops(Mode.INFERENCE);
                    Scope scope = ops.scope()) {
                int width = 4096;
                Tensor x = ops.floats(new float[width * width], width, width);
                System.out.println("computing");
                double sum = ops.sumSquares(ops.linear(x, x, null)).toFloats()[0];
                System.out.println("computed " + sum);
            }
        }
    }

    private static Trainer trainer(PeftModel model, Path directory, Runnable onStep) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(AdapterSelection.of("a"))
                .setExamples(Tiny.examples(8, 1))
                .setConfig(Tiny.config().maxSteps(STEPS).checkpointDirectory(directory).build())
                .addListener(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepMetrics metrics) {
                                onStep.run();
                            }
                        })
                .build();
    }

    private record Outcome(int exitCode, String output) {}

    private Process start(String work) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-Dai.djl.offline=true",
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Worker.class.getName(),
                                work,
                                directory.resolve("checkpoints").toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "2");
        return builder.start();
    }

    private Outcome end(Process process, StringBuilder output)
            throws IOException, InterruptedException {
        output.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return new Outcome(process.waitFor(), output.toString());
    }

    private Outcome terminate(String work) throws IOException, InterruptedException {
        Process process = start(work);
        try {
            StringBuilder output = new StringBuilder();
            while (output.indexOf("computing\n") < 0) {
                int read = process.getInputStream().read();
                if (read < 0) {
                    throw new AssertionError("ended too early: " + output);
                }
                output.append((char) read);
            }
            TimeUnit.MILLISECONDS.sleep(100); // into the middle of the call
            process.toHandle().destroy(); // which leaves its output open
            return end(process, output);
        } finally {
            process.destroyForcibly();
        }
    }

    private void assertNoCrash(int exitCode, Outcome outcome) throws IOException {
        assertEquals(exitCode, outcome.exitCode(), outcome.output());
        assertFalse(outcome.output().contains("SIGSEGV"), outcome.output());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    0,
                    files.filter(file -> file.getFileName().toString().startsWith("hs_err"))
                            .count(),
                    outcome.output());
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to exit there")
    void aTrainingStopsBehindItsStepAndGoesOn() throws IOException, InterruptedException {
        assertNoCrash(TERMINATED, terminate("train"));
        Path checkpoints = directory.resolve("checkpoints");
        Path latest = new CheckpointStore(checkpoints, 1).latest().orElseThrow();
        assertEquals("checkpoint-1", latest.getFileName().toString());
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            TrainingReport report = trainer(model, checkpoints, () -> {}).resume();
            assertTrue(report.isComplete());
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to exit there")
    void aGenerationEndsBehindItsToken() throws IOException, InterruptedException {
        Outcome outcome = terminate("generate");
        assertNoCrash(TERMINATED, outcome);
        assertTrue(outcome.output().contains("computed 0.0"), outcome.output());
        assertEquals(1, outcome.output().split("computing", -1).length - 1, outcome.output());
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to exit there")
    void otherWorkIsWaitedFor() throws IOException, InterruptedException {
        Outcome outcome = terminate("evaluate");
        assertNoCrash(TERMINATED, outcome);
        assertTrue(outcome.output().contains("computed 0.0"), outcome.output());
    }

    @Test
    void aTrainingThatExitsItselfIsNotWaitedFor() throws IOException, InterruptedException {
        Process process = start("exit");
        try {
            assertTrue(process.waitFor(50, TimeUnit.SECONDS), "it waits for itself");
            assertNoCrash(3, end(process, new StringBuilder()));
        } finally {
            process.destroyForcibly();
        }
    }
}
