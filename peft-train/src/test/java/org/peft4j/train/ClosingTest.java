package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Mode;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.train.data.Collator;
import org.peft4j.transformers.djl.PeftBlock;
import org.peft4j.transformers.djl.ServedModel;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import org.peft4j.transformers.text.Tokenizer;

/** Whatever is closed while it is used is waited for or refused; nothing crashes, nothing hangs. */
@Timeout(60)
final class ClosingTest {

    private static final int RUNS = 20;
    private static final AdapterSelection A = AdapterSelection.of("a");
    private static final TokenBatch BATCH = Collator.toLongest().collate(Tiny.examples(3, 5));

    @TempDir private Path directory;

    /** All that one run opens. */
    private final class Opened {
        final BaseModel base = Tiny.base("llama");
        final PeftModel model = Tiny.model(base, 0, "a", "b", "c");
        final PeftModel merging = Tiny.model(base, 0, "a");
        final Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer());
        final ServedModel served = new ServedModel(new PeftBlock(model, A), Fixtures.base("llama"));
        final Predictor<NDList, NDList> predictor = served.newPredictor(new NoopTranslator());

        List<Callable<?>> work(int run) {
            return List.of(
                    this::logits,
                    () -> generate(1),
                    () -> generate(2),
                    () -> model.accumulateGradients(AdapterSelection.of("b"), BATCH, 1, 7),
                    () -> train(run),
                    this::merge,
                    () -> save(run),
                    () -> merging.writeMerged(directory.resolve("merged" + run), "a"),
                    () -> tokenizer.encode("a text of some words, once more and once more"),
                    this::predict);
        }

        List<Runnable> closings() {
            return new ArrayList<>(
                    List.of(
                            base::close,
                            model::close,
                            merging::close,
                            tokenizer::close,
                            served::close,
                            predictor::close,
                            base::close));
        }

        private Object logits() {
            try (Tensor logits = model.logits(A, BATCH)) {
                return logits.toFloats();
            }
        }

        private Object generate(int beams) {
            GenerationConfig config =
                    GenerationConfig.builder().maxNewTokens(6).numBeams(beams).build();
            return new Generator(model, config)
                    .generate(A, List.of(new long[] {5, 6}, new long[] {7}));
        }

        private Object train(int run) {
            return trainer(model, "c", directory.resolve("train" + run), () -> {}).train();
        }

        private Object merge() {
            merging.merge("a");
            merging.unmerge();
            return merging;
        }

        private Object save(int run) {
            model.save("a", directory.resolve("saved" + run));
            return model.load("d", directory.resolve("saved" + run)).parameterCount();
        }

        private Object predict() throws TranslateException {
            try (var manager = ai.djl.ndarray.NDManager.newBaseManager()) {
                NDList ids = new NDList(manager.create(new long[][] {{5, 6, 7}}));
                return predictor.predict(ids).size();
            }
        }
    }

    private static Trainer trainer(PeftModel model, String name, Path checkpoints, Runnable step) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(AdapterSelection.of(name))
                .setExamples(Tiny.examples(8, 1))
                .setConfig(
                        Tiny.config()
                                .maxSteps(50)
                                .checkpointEverySteps(3)
                                .checkpointDirectory(checkpoints)
                                .build())
                .addListener(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepMetrics metrics) {
                                step.run();
                            }
                        })
                .build();
    }

    @Test
    void closingUnderLoadRefusesOrWaits() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        Random random = new Random(20);
        try {
            for (int run = 0; run < RUNS; run++) {
                closeUnderLoad(run, random, threads);
            }
        } finally {
            threads.shutdownNow();
            assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS), "a thread hangs");
        }
    }

    private void closeUnderLoad(int run, Random random, ExecutorService threads) throws Exception {
        Opened opened = new Opened();
        List<Callable<?>> work = new ArrayList<>(opened.work(run));
        Collections.shuffle(work, random);
        CountDownLatch working = new CountDownLatch(5);
        List<Future<Throwable>> ends = new ArrayList<>();
        for (Callable<?> each : work.subList(0, 5)) {
            ends.add(threads.submit(() -> untilRefused(each, working)));
        }
        working.await();
        TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
        List<Runnable> closings = opened.closings();
        Collections.shuffle(closings, random);
        List<Future<?>> closed = new ArrayList<>();
        for (Runnable closing : closings) {
            closed.add(threads.submit(closing));
            TimeUnit.MICROSECONDS.sleep(random.nextInt(3_000));
        }
        for (Future<?> each : closed) {
            each.get(30, TimeUnit.SECONDS);
        }
        for (Future<Throwable> end : ends) {
            Throwable refusal = end.get(30, TimeUnit.SECONDS);
            Throwable own = refusal instanceof TranslateException ? refusal.getCause() : refusal;
            if (!(own instanceof PeftException)
                    || !String.valueOf(own.getMessage()).contains("closed")) {
                throw new AssertionError("run " + run, refusal);
            }
        }
    }

    /** What threads that work side by side may hear without any closing. */
    private static final List<String> IN_EACH_OTHERS_WAY =
            List.of("there is an adapter named d", "from an earlier training", "is merged already");

    /** Works until it is refused, and returns how. */
    private static Throwable untilRefused(Callable<?> work, CountDownLatch working) {
        working.countDown();
        while (true) {
            try {
                work.call();
            } catch (PeftException e) {
                String said = String.valueOf(e.getMessage());
                if (IN_EACH_OTHERS_WAY.stream().noneMatch(said::contains)) {
                    return e;
                }
            } catch (Throwable e) {
                return e;
            }
        }
    }

    @Test
    void afterClosingEveryCallSaysSo() throws Exception {
        Opened opened = new Opened();
        Tensor logits = opened.model.logits(A, BATCH);
        opened.model.save("a", directory.resolve("saved"));
        opened.base.close();
        opened.base.close();
        assertRefused("base", logits::toFloats);
        assertRefused("base", logits::array);
        logits.close();
        assertRefused("base", () -> opened.model.logits(A, BATCH));
        assertRefused("base", () -> opened.model.loss(A, BATCH));
        assertRefused("base", () -> opened.model.lossCount(A, BATCH));
        assertRefused("base", () -> opened.model.accumulateGradients(A, BATCH, 1, 0));
        assertRefused("base", () -> opened.model.open(A, Mode.TRAINING, 0));
        assertRefused("base", () -> opened.model.add("new", Tiny.lora(0)));
        assertRefused("base", () -> opened.model.load("new", directory.resolve("saved")));
        assertRefused("base", () -> opened.model.save("a", directory.resolve("no")));
        assertRefused("base", () -> opened.model.merge("a"));
        assertRefused("base", () -> opened.model.writeMerged(directory.resolve("no"), "a"));
        assertRefused("base", () -> opened.model.writeMerged(directory.resolve("no")));
        assertRefused("base", () -> opened.generate(1));
        assertRefused("base", () -> opened.generate(2));
        assertRefused("base", () -> opened.train(0));
        assertRefused(
                "base", () -> opened.model.adapter("a").parameters().get(0).value().toFloats());
        assertFalse(Files.exists(directory.resolve("no")), "something was written");
        opened.model.close();
        opened.model.close();
        assertRefused("model", () -> opened.model.adapter("a"));
        assertRefused("model", () -> opened.model.logits(AdapterSelection.none(), BATCH));
        assertRefused("model", () -> opened.model.delete("a"));
        assertRefused("model", opened.model::unmerge);
        opened.tokenizer.close();
        opened.tokenizer.close();
        assertRefused("tokenizer", () -> opened.tokenizer.encode("text"));
        assertRefused("tokenizer", () -> opened.tokenizer.encodeText("text", true));
        assertRefused("tokenizer", () -> opened.tokenizer.decode(new long[] {5}));
        opened.served.close();
        assertRefused("served model", opened::predict);
        assertRefused("served model", () -> opened.served.newPredictor(new NoopTranslator()));
        opened.predictor.close();
        opened.merging.close();
    }

    private static void assertRefused(String what, Executable call) {
        PeftException e = assertThrows(PeftException.class, call);
        assertTrue(String.valueOf(e.getMessage()).startsWith("this " + what), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("is closed"), e.getMessage());
    }

    @Test
    void aPassFinishesThatClosesItsOwnBase() {
        BaseModel base = Tiny.base("llama");
        PeftModel model = Tiny.model(base, 0, "a");
        GenerationConfig config = GenerationConfig.builder().maxNewTokens(4).build();
        List<long[]> texts =
                new Generator(model, config)
                        .generate(A, List.of(new long[] {5, 6}), (row, token) -> base.close());
        assertEquals(4, texts.get(0).length);
        assertRefused("base", () -> model.logits(A, BATCH));
        model.close();
    }

    @Test
    void aTrainingEndsWhoseListenerClosesWhatItTrains() {
        for (boolean baseFirst : new boolean[] {true, false}) {
            BaseModel base = Tiny.base("llama");
            PeftModel model = Tiny.model(base, 0, "a");
            Path checkpoints = directory.resolve("listener" + baseFirst);
            Trainer trainer =
                    trainer(model, "a", checkpoints, baseFirst ? base::close : model::close);
            assertRefused(baseFirst ? "base" : "model", trainer::train);
            model.close();
            base.close();
        }
    }

    @Test
    void anAdapterIsKeptWhileItIsTrained() {
        try (BaseModel base = Tiny.base("llama")) {
            trainAndDelete(base, "first"); // which leaves the constants of the operators
            long open = base.door().openTensors();
            trainAndDelete(base, "second");
            assertEquals(open, base.door().openTensors());
        }
    }

    private void trainAndDelete(BaseModel base, String checkpoints) {
        try (PeftModel model = Tiny.model(base, 0, "a")) {
            Path path = directory.resolve(checkpoints);
            Trainer trainer = trainer(model, "a", path, () -> model.delete("a"));
            PeftException e = assertThrows(PeftException.class, trainer::train);
            assertTrue(
                    String.valueOf(e.getMessage()).contains("no adapter named a"), e.getMessage());
        }
    }

    @Test
    void closingWaitsForAPassOfAnotherThread() throws Exception {
        BaseModel base = Tiny.base("llama");
        PeftModel model = Tiny.model(base, 0, "a");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread worker =
                new Thread(
                        () -> {
                            try (var context = model.open(A)) {
                                inside.countDown();
                                goOn.await();
                                base.hiddenStates(context, BATCH, null);
                            } catch (Throwable e) {
                                failure.set(e);
                            }
                        });
        worker.start();
        inside.await();
        Thread closer = new Thread(base::close);
        closer.start();
        closer.join(Duration.ofMillis(200).toMillis());
        assertTrue(closer.isAlive(), "nobody was waited for");
        assertRefused("base", () -> model.logits(A, BATCH));
        goOn.countDown();
        worker.join();
        closer.join();
        assertEquals(null, failure.get());
        model.close();
    }

    @Test
    void nothingIsLeftInDirectoriesThatWereRefused() throws Exception {
        Opened opened = new Opened();
        opened.base.close();
        Path target = Files.createDirectory(directory.resolve("target"));
        assertRefused("base", () -> opened.model.save("a", target));
        try (Stream<Path> files = Files.list(target)) {
            assertEquals(List.of(), files.toList());
        }
        opened.model.close();
    }
}
