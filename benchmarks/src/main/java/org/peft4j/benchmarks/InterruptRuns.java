package org.peft4j.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.train.Trainer;
import org.peft4j.train.checkpoint.CheckpointStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Interrupts threads that train and save. */
@Command(
        name = "interrupts",
        mixinStandardHelpOptions = true,
        description = "Interrupts a training and its saves; it goes on to the same bits.")
final class InterruptRuns implements Callable<Integer> {

    private static final int STEPS = 60;

    @Option(
            names = "--interrupts",
            defaultValue = "50",
            description = "how many at least (${DEFAULT-VALUE})")
    private int interrupts;

    @Option(names = "--seed", defaultValue = "1", description = "decides when (${DEFAULT-VALUE})")
    private long seed;

    private InterruptRuns() {}

    @Override
    public Integer call() throws Exception {
        try (TemporaryDirectory directory = new TemporaryDirectory("interrupts")) {
            Path base = directory.path().resolve("base");
            SmallModel.write(base);
            String wanted = train(base, directory.path().resolve("reference"), () -> {});
            Random random = new Random(seed);
            int done = 0;
            int bad = 0;
            for (int round = 0; done < interrupts; round++) {
                Path place = directory.path().resolve("round-" + round);
                while (true) {
                    AtomicReference<String> end = new AtomicReference<>("");
                    AtomicReference<Throwable> failure = new AtomicReference<>();
                    interruptOne(base, place, random, end, failure);
                    done++;
                    bad += isAllowed(failure.get()) ? 0 : 1;
                    String ended = String.valueOf(end.get());
                    if (!ended.isEmpty()) {
                        bad += ended.equals(wanted) ? 0 : 1;
                        break;
                    }
                }
                System.out.printf("%d interrupts, %d trainings, %d bad%n", done, round + 1, bad);
            }
            return bad == 0 ? 0 : 1;
        }
    }

    /** Sets the fingerprint if the training came to its end all the same. */
    private static void interruptOne(
            Path base,
            Path place,
            Random random,
            AtomicReference<String> end,
            AtomicReference<Throwable> failure)
            throws InterruptedException {
        Thread worker =
                new Thread(
                        () -> {
                            try {
                                end.set(train(base, place, () -> {}));
                            } catch (RuntimeException e) {
                                failure.set(e);
                            }
                        });
        worker.start();
        while (worker.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(300));
            worker.interrupt();
            worker.join(TimeUnit.SECONDS.toMillis(30));
        }
    }

    private static boolean isAllowed(@Nullable Throwable failure) {
        if (failure == null || failure instanceof PeftException) {
            return true;
        }
        failure.printStackTrace();
        return false;
    }

    /** Returns the fingerprint, or nothing if the training stopped before its end. */
    private static String train(Path base, Path place, Runnable afterStep) {
        List<Boolean> complete = new ArrayList<>();
        try (SmallModel opened = SmallModel.open(base)) {
            Trainer trainer = opened.trainer(place, STEPS, afterStep);
            boolean begun =
                    Files.isDirectory(place) && new CheckpointStore(place, 1).latest().isPresent();
            complete.add((begun ? trainer.resume() : trainer.train()).isComplete());
            return complete.get(0) ? SmallModel.fingerprint(opened.model().adapter("task")) : "";
        }
    }
}
