package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.peft4j.examples.sst2.Sst2;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the same classifier here and in Python, one after the other, and prints both results. */
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

    private Sst2Comparison() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> table = new ArrayList<>();
        table.add("| seed | measure | peft4j | Python peft | ratio |");
        table.add("|---:|---|---:|---:|---:|");
        for (long seed : seeds) {
            JsonObject here;
            JsonObject there;
            try (TemporaryDirectory out = new TemporaryDirectory("sst2")) {
                here = sides.here(Sst2.class, arguments(seed, out.path().resolve("java")));
                there = sides.there("sst2.py", arguments(seed, out.path().resolve("python")));
            }
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

    private List<String> arguments(long seed, Path out) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--data", data.toString(), "--base", base.toString()));
        arguments.addAll(List.of("--out", out.toString(), "--seed", String.valueOf(seed)));
        arguments.addAll(List.of("--rank", String.valueOf(rank), "--targets", targets));
        arguments.addAll(List.of("--dropout", dropout));
        arguments.addAll(List.of("--epochs", String.valueOf(epochs)));
        arguments.addAll(List.of("--batch", String.valueOf(batch)));
        arguments.addAll(List.of("--learning-rate", learningRate));
        return arguments;
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
