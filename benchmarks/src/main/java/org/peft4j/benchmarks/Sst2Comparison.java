package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.peft4j.examples.sst2.Sst2;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains the same classifier here and in Python, one after the other, and prints both results.
 * Every finished run is kept in a file at once; a run that is there is not repeated, so that the
 * command can be stopped and started again.
 */
@Command(
        name = "sst2",
        mixinStandardHelpOptions = true,
        description = "LoRA with a classification head on SST-2, in peft4j and in Python's peft.")
final class Sst2Comparison implements Callable<Integer> {

    @Mixin private Sides sides = new Sides();

    @Option(names = "--data", required = true, description = "holds train.tsv and dev.tsv")
    Path data = Path.of("");

    @Option(names = "--base", required = true, description = "an encoder's checkpoint directory")
    Path base = Path.of("");

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "0",
            description = "a run a side for each (${DEFAULT-VALUE})")
    List<Long> seeds = List.of();

    @Option(names = "--rank", defaultValue = "8", description = "LoRA rank (${DEFAULT-VALUE})")
    int rank;

    @Option(
            names = "--targets",
            defaultValue = "all-linear",
            description = "target modules, all-linear or names with commas (${DEFAULT-VALUE})")
    String targets = "all-linear";

    @Option(
            names = "--dropout",
            defaultValue = "0",
            description = "dropout of what LoRA reads (${DEFAULT-VALUE})")
    String dropout = "0";

    @Option(names = "--epochs", defaultValue = "3", description = "epochs (${DEFAULT-VALUE})")
    int epochs;

    @Option(names = "--batch", defaultValue = "32", description = "batch (${DEFAULT-VALUE})")
    int batch;

    @Option(
            names = "--learning-rate",
            defaultValue = "1e-3",
            description = "learning rate (${DEFAULT-VALUE})")
    String learningRate = "1e-3";

    @Option(
            names = "--results",
            defaultValue = "benchmarks/results/sst2-sides.jsonl",
            description = "a line for each finished run (${DEFAULT-VALUE})")
    Path results = Path.of("");

    private Sst2Comparison() {}

    /** One side's training. */
    private interface Side {
        JsonObject train(List<String> arguments) throws IOException, InterruptedException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunLog log = RunLog.open(results);
        List<String> table = new ArrayList<>();
        table.add("| seed | measure | peft4j | Python peft | ratio |");
        table.add("|---:|---|---:|---:|---:|");
        for (long seed : seeds) {
            JsonObject here = run(log, "peft4j", seed, line -> sides.here(Sst2.class, line));
            JsonObject there = run(log, "python", seed, line -> sides.there("sst2.py", line));
            table.add(row(seed, "dev accuracy, %", here, there, "dev_accuracy", 100, "%.2f"));
            table.add(row(seed, "training, s", here, there, "train_s", 1, "%.1f"));
            table.add(row(seed, "peak memory, MiB", here, there, "peak_rss_mib", 1, "%,.0f"));
            table.add(
                    row(
                            seed,
                            "trainable parameters",
                            here,
                            there,
                            "trainable_parameters",
                            1,
                            "%,.0f"));
            System.err.printf("seed %d done%n", seed);
        }
        System.out.printf(
                "%s; LoRA rank %d on %s, dropout %s; %d epochs, batch %d, learning rate %s, %d"
                        + " threads%n%n",
                base.getFileName(),
                rank,
                targets,
                dropout,
                epochs,
                batch,
                learningRate,
                sides.threads());
        table.forEach(System.out::println);
        return 0;
    }

    /** Returns a side's run from the log, or trains and logs it. */
    private JsonObject run(RunLog log, String name, long seed, Side side)
            throws IOException, InterruptedException {
        JsonObject key = new JsonObject();
        key.addProperty("side", name);
        key.addProperty("base", String.valueOf(base.toAbsolutePath().normalize().getFileName()));
        settings(seed).forEach(key::addProperty);
        return log.findOrRun(key, () -> train(name, seed, side));
    }

    private JsonObject train(String name, long seed, Side side)
            throws IOException, InterruptedException {
        try (TemporaryDirectory out = new TemporaryDirectory("sst2")) {
            List<String> line = new ArrayList<>();
            line.addAll(List.of("--data", data.toString(), "--base", base.toString()));
            line.addAll(List.of("--out", out.path().resolve(name).toString()));
            settings(seed).forEach((option, value) -> line.addAll(List.of("--" + option, value)));
            JsonObject result = side.train(line);
            result.addProperty("threads", sides.threads());
            return result;
        }
    }

    /** What decides a run's result, as both sides' options. */
    private SortedMap<String, String> settings(long seed) {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("seed", String.valueOf(seed));
        settings.put("rank", String.valueOf(rank));
        settings.put("targets", targets);
        settings.put("dropout", dropout);
        settings.put("epochs", String.valueOf(epochs));
        settings.put("batch", String.valueOf(batch));
        settings.put("learning-rate", learningRate);
        return settings;
    }

    private static String row(
            long seed,
            String measure,
            JsonObject here,
            JsonObject there,
            String key,
            double factor,
            String number) {
        double a = factor * here.get(key).getAsDouble();
        double b = factor * there.get(key).getAsDouble();
        String format = "| %d | %s | " + number + " | " + number + " | %.2f |";
        return String.format(Locale.ROOT, format, seed, measure, a, b, a / b);
    }
}
