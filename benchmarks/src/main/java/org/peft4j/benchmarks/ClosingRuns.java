package org.peft4j.benchmarks;

import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Closes bases and models at random moments while threads compute with them. */
@Command(
        name = "closing",
        mixinStandardHelpOptions = true,
        description = "Closes models while 4 to 8 threads compute with them.")
final class ClosingRuns implements Callable<Integer> {

    @Option(
            names = "--runs",
            defaultValue = "500",
            description = "how many models to close (${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--runs-in-a-process",
            defaultValue = "25",
            description = "how many a process closes, so that a crash is seen (${DEFAULT-VALUE})")
    private int together;

    @Option(names = "--seed", defaultValue = "1", description = "decides all (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--here", hidden = true, description = "in this process")
    private boolean here;

    private ClosingRuns() {}

    @Override
    public Integer call() throws Exception {
        if (here) {
            return closeHere();
        }
        int bad = 0;
        for (int done = 0; done < runs; done += together) {
            int count = Math.min(together, runs - done);
            ChildProcess.Outcome outcome =
                    ChildProcess.run(
                            "closing", "--here", "--runs=" + count, "--seed=" + (seed + done));
            if (outcome.exitCode() != 0) {
                bad++;
                System.out.println(outcome);
            }
            System.out.printf("%d of %d runs, %d bad processes%n", done + count, runs, bad);
        }
        return bad == 0 ? 0 : 1;
    }

    private int closeHere() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        int bad = 0;
        try (TemporaryDirectory directory = new TemporaryDirectory("closing")) {
            Path base = directory.path().resolve("base");
            SmallModel.write(base);
            for (int run = 0; run < runs; run++) {
                Random random = new Random(seed + run);
                Path files = directory.path().resolve("run-" + run);
                bad += closeOne(SmallModel.open(base), files, random, threads);
            }
        } finally {
            threads.shutdownNow();
        }
        return bad == 0 ? 0 : 1;
    }

    /** Returns how many threads did not end as they should. */
    private static int closeOne(
            SmallModel opened, Path files, Random random, ExecutorService threads)
            throws Exception {
        PeftModel merging = PeftModel.of(opened.base());
        merging.add("task", SmallModel.lora());
        List<Callable<?>> kinds = work(opened, merging, files);
        int count = 4 + random.nextInt(5);
        CountDownLatch working = new CountDownLatch(count);
        List<Future<Throwable>> ends = new ArrayList<>();
        Collections.shuffle(kinds, random);
        for (int i = 0; i < count; i++) {
            Callable<?> kind = kinds.get(i % kinds.size());
            ends.add(threads.submit(() -> untilRefused(kind, working)));
        }
        working.await();
        TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
        List<Runnable> closings = new ArrayList<>();
        BaseModel base = opened.base();
        Collections.addAll(
                closings, base::close, base::close, opened.model()::close, merging::close);
        Collections.shuffle(closings, random);
        List<Future<?>> closed = new ArrayList<>();
        for (Runnable closing : closings) {
            closed.add(threads.submit(closing));
            TimeUnit.MICROSECONDS.sleep(random.nextInt(5_000));
        }
        for (Future<?> each : closed) {
            each.get(2, TimeUnit.MINUTES);
        }
        int bad = 0;
        for (Future<Throwable> end : ends) {
            bad += isClear(end.get(2, TimeUnit.MINUTES)) ? 0 : 1;
        }
        return bad;
    }

    private static boolean isClear(Throwable refusal) {
        if (refusal instanceof PeftException
                && String.valueOf(refusal.getMessage()).contains("is closed")) {
            return true;
        }
        refusal.printStackTrace();
        return false;
    }

    private static List<Callable<?>> work(SmallModel opened, PeftModel merging, Path files) {
        PeftModel model = opened.model();
        TokenBatch batch = SmallModel.batch();
        model.add("other", SmallModel.lora());
        List<Callable<?>> kinds = new ArrayList<>();
        kinds.add(() -> logits(model, batch));
        kinds.add(() -> generate(model, 1));
        kinds.add(() -> generate(model, 3));
        kinds.add(() -> model.accumulateGradients(AdapterSelection.of("other"), batch, 1, 3));
        kinds.add(() -> opened.trainer(files.resolve("training"), 1_000_000, () -> {}).train());
        kinds.add(
                () -> {
                    merging.merge("task");
                    merging.unmerge();
                    return merging;
                });
        kinds.add(() -> model.writeMerged(files.resolve("merged"), "other"));
        kinds.add(
                () -> {
                    String name = "loaded " + Thread.currentThread().getId();
                    model.save("other", files.resolve("saved"));
                    model.load(name, files.resolve("saved"));
                    model.delete(name);
                    return name;
                });
        return kinds;
    }

    private static @Nullable Object logits(PeftModel model, TokenBatch batch) {
        try (Tensor logits = model.logits(SmallModel.TASK, batch)) {
            return logits.toFloats();
        }
    }

    private static Object generate(PeftModel model, int beams) {
        GenerationConfig config =
                GenerationConfig.builder().maxNewTokens(12).numBeams(beams).build();
        return new Generator(model, config)
                .generate(SmallModel.TASK, List.of(new long[] {5, 6}, new long[] {7}));
    }

    private static Throwable untilRefused(Callable<?> work, CountDownLatch working) {
        working.countDown();
        while (true) {
            try {
                work.call();
            } catch (PeftException e) {
                String said = String.valueOf(e.getMessage());
                if (!said.contains("is merged already") && !said.contains("earlier training")) {
                    return e;
                }
            } catch (Exception | Error e) {
                return e;
            }
        }
    }
}
