package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.train.data.Collator;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** What is done over and over, by many threads, and in processes that are killed. */
@Timeout(120)
final class LongLifeTest {

    private static final AdapterSelection A = AdapterSelection.of("a");
    private static final TokenBatch BATCH = Collator.toLongest().collate(Tiny.examples(3, 5));
    private static final int STEPS = 40;

    @TempDir private Path directory;

    private static Trainer trainer(PeftModel model, Path checkpoints, Runnable afterStep) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(A)
                .setExamples(Tiny.examples(8, 1))
                .setConfig(
                        Tiny.config()
                                .schedule(Schedule.CONSTANT)
                                .maxSteps(STEPS)
                                .checkpointEverySteps(1)
                                .checkpointDirectory(checkpoints)
                                .build())
                .addListener(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepMetrics metrics) {
                                afterStep.run();
                            }
                        })
                .build();
    }

    private static void train(Path place, Runnable afterStep, PeftModel model) {
        Path checkpoints = place.resolve("checkpoints");
        Trainer trainer =
                trainer(
                        model,
                        checkpoints,
                        () -> {
                            model.save("a", place.resolve("saved"));
                            afterStep.run();
                        });
        if (new CheckpointStore(checkpoints, 1).latest().isPresent()) {
            trainer.resume();
        } else {
            trainer.train();
        }
    }

    /** Trains and saves until it is killed. */
    static final class Worker {
        public static void main(String[] arguments) {
            try (BaseModel base = Tiny.base("llama");
                    PeftModel model = Tiny.model(base, 0, "a")) {
                train(Path.of(arguments[0]), Worker::pause, model);
            }
        }

        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(30);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void whatKilledProcessesLeaveIsWholeAndGoesOnToTheSameBits(@TempDir Path straight)
            throws IOException, InterruptedException {
        List<Map<String, float[]>> steps = new ArrayList<>();
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            train(straight, () -> steps.add(Tiny.parameters(model.adapter("a"))), model);
        }
        Random random = new Random(3);
        for (int kill = 0; kill < 3; kill++) {
            killAfterAStep(random);
            try (BaseModel base = Tiny.base("llama");
                    PeftModel model = PeftModel.of(base)) {
                Map<String, float[]> saved =
                        Tiny.parameters(model.load("a", directory.resolve("saved")));
                assertTrue(
                        steps.stream().anyMatch(step -> Tiny.difference(step, saved) == 0),
                        "a save that no step has made");
            }
        }
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            train(directory, () -> {}, model);
            assertEquals(
                    0, Tiny.difference(steps.get(STEPS - 1), Tiny.parameters(model.adapter("a"))));
        }
        try (Stream<Path> files = Files.list(directory.resolve("saved"))) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")));
        }
    }

    private void killAfterAStep(Random random) throws IOException, InterruptedException {
        CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 1);
        var start = store.latest();
        Path log = directory.resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dai.djl.offline=true",
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Worker.class.getName(),
                                directory.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        try {
            while (store.latest().equals(start)) {
                assertTrue(process.isAlive(), Files.readString(log));
                TimeUnit.MILLISECONDS.sleep(2);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void twoHundredStepsLeaveNoTensor() {
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0.1, "a")) {
            Generator generator =
                    new Generator(model, GenerationConfig.builder().maxNewTokens(3).build());
            model.save("a", directory);
            long open = 0;
            for (int step = 0; step < 200; step++) {
                model.accumulateGradients(A, BATCH, 1, step);
                model.adapter("a").parameters().forEach(p -> p.setGradient(null));
                if (step % 10 == 0) {
                    generator.generate(A, new long[] {5, 6});
                    model.load("b", directory);
                    model.delete("b");
                }
                if (step == 2) {
                    open = base.door().openTensors(); // the constants are there
                }
            }
            assertEquals(open, base.door().openTensors());
        }
    }

    @Test
    void eightThreadsLoadUseAndDeleteTenAdaptersEach() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            model.save("a", directory);
            float[] wanted = use(model, "first");
            long open = base.door().openTensors();
            List<Future<?>> tenants = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String name = "tenant" + t;
                tenants.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 10; i++) {
                                        assertArrayEquals(wanted, use(model, name));
                                    }
                                }));
            }
            for (Future<?> tenant : tenants) {
                tenant.get();
            }
            assertEquals(open, base.door().openTensors());
        } finally {
            threads.shutdownNow();
        }
    }

    private float[] use(PeftModel model, String name) {
        model.load(name, directory);
        try (Tensor logits = model.logits(AdapterSelection.of(name), BATCH)) {
            return logits.toFloats();
        } finally {
            model.delete(name);
        }
    }

    @Test
    void savesThatAreInterruptedLeaveOneSaveAsAWhole() throws Exception {
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            model.save("a", directory);
            float[] wanted = use(model, "first");
            AtomicBoolean enough = new AtomicBoolean();
            List<RuntimeException> others = new ArrayList<>();
            Thread saver = new Thread(() -> saveUntil(enough, model, others));
            saver.start();
            Random random = new Random(5);
            for (int i = 0; i < 40; i++) {
                TimeUnit.MICROSECONDS.sleep(random.nextInt(8_000));
                saver.interrupt();
            }
            enough.set(true);
            saver.join();
            assertEquals(List.of(), others);
            assertArrayEquals(wanted, use(model, "last"));
            try (Stream<Path> files = Files.list(directory)) {
                assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")));
            }
        }
    }

    private void saveUntil(AtomicBoolean enough, PeftModel model, List<RuntimeException> others) {
        while (!enough.get()) {
            try {
                model.save("a", directory);
            } catch (BadFileException e) {
                if (!Thread.interrupted()) {
                    others.add(e);
                }
            }
        }
    }
}
