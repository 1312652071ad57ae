package org.peft4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.peft4j.train.Trainer;
import org.peft4j.train.checkpoint.CheckpointStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills a process that trains and saves, over and over, and looks at what it has left. */
@Command(
        name = "kills",
        mixinStandardHelpOptions = true,
        description = "Kills a training; what is left must be whole, and go on to the same bits.")
final class KillRuns implements Callable<Integer> {

    private static final int STEPS = 200;
    private static final long PAUSE_MILLIS = 20;

    @Option(names = "--kills", defaultValue = "50", description = "how many (${DEFAULT-VALUE})")
    private int kills;

    @Option(names = "--gently", description = "ask it to exit instead (SIGTERM)")
    private boolean gently;

    @Option(names = "--seed", defaultValue = "1", description = "decides when (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--here", hidden = true, description = "trains in this process, here")
    private Optional<Path> here = Optional.empty();

    private KillRuns() {}

    @Override
    public Integer call() throws Exception {
        if (here.isPresent()) {
            train(here.get(), STEPS, PAUSE_MILLIS, new ArrayList<>());
            return 0;
        }
        try (TemporaryDirectory reference = new TemporaryDirectory("reference");
                TemporaryDirectory killed = new TemporaryDirectory("killed")) {
            List<String> steps = new ArrayList<>();
            train(reference.path(), STEPS, 0, steps);
            Random random = new Random(seed);
            int bad = 0;
            for (int kill = 1; kill <= kills; kill++) {
                bad += killOne(killed.path(), random, steps) ? 0 : 1;
                System.out.printf(
                        "%d of %d kills, checkpoint %s, %d bad%n",
                        kill, kills, latest(killed.path()).orElse(Path.of("none")), bad);
            }
            List<String> rest = new ArrayList<>();
            train(killed.path(), STEPS, 0, rest);
            boolean same = fingerprint(killed.path()).equals(steps.get(STEPS - 1));
            System.out.println("gone on to the end: " + (same ? "bit-equal" : "OTHER BITS"));
            return bad == 0 && same ? 0 : 1;
        }
    }

    /** Trains from where the directory is, and saves the adapter after every step. */
    private static void train(Path directory, int steps, long pause, List<String> fingerprints)
            throws IOException {
        Path base = directory.resolve("base");
        if (!Files.isDirectory(base)) {
            SmallModel.write(base);
        }
        try (SmallModel opened = SmallModel.open(base)) {
            Trainer trainer =
                    opened.trainer(
                            directory.resolve("checkpoints"),
                            steps,
                            () -> {
                                opened.model().save("task", directory.resolve("saved"));
                                fingerprints.add(
                                        SmallModel.fingerprint(opened.model().adapter("task")));
                                sleep(pause);
                            });
            if (latest(directory).isPresent()) {
                trainer.resume();
            } else {
                trainer.train();
            }
        }
    }

    private static Optional<Path> latest(Path directory) {
        return new CheckpointStore(directory.resolve("checkpoints"), 1).latest();
    }

    private boolean killOne(Path directory, Random random, List<String> steps)
            throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        long before = Files.exists(log) ? Files.size(log) : 0;
        Optional<Path> start = latest(directory);
        Process process = ChildProcess.start(log, "kills", "--here=" + directory);
        try {
            while (process.isAlive() && latest(directory).equals(start)) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
            if (gently) {
                process.destroy();
            }
        } finally {
            if (!gently) {
                process.destroyForcibly();
            }
            process.waitFor();
        }
        if (Files.size(log) > before && Files.readString(log).contains("SIGSEGV")) {
            System.out.println(Files.readString(log));
            return false;
        }
        return isWhole(directory, steps);
    }

    /** What was saved is what the training had after some step, to the bit. */
    private static boolean isWhole(Path directory, List<String> steps) {
        if (!Files.isDirectory(directory.resolve("saved"))) {
            return true;
        }
        String found = fingerprint(directory);
        if (!steps.contains(found)) {
            System.out.println("a save that no step has made");
            return false;
        }
        return true;
    }

    private static String fingerprint(Path directory) {
        try (SmallModel opened = SmallModel.open(directory.resolve("base"))) {
            return SmallModel.fingerprint(opened.model().load("saved", directory.resolve("saved")));
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
