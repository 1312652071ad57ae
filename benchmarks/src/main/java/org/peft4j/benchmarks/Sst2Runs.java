package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.peft4j.examples.sst2.Recipes;
import org.peft4j.examples.sst2.Sst2;
import picocli.CommandLine.Option;

/** Runs of {@link Sst2}, each in a process of its own so that its peak memory is its own. */
final class Sst2Runs {

    @Option(names = "--data", required = true, description = "holds train.tsv and dev.tsv")
    private Path data = Path.of("");

    @Option(names = "--base", required = true, description = "an encoder's checkpoint directory")
    private Path base = Path.of("");

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "0,1,2",
            description = "a run of each method for each (${DEFAULT-VALUE})")
    private List<Long> seeds = List.of();

    @Option(names = "--epochs", defaultValue = "1", description = "epochs (${DEFAULT-VALUE})")
    private int epochs;

    @Option(names = "--batch", defaultValue = "32", description = "batch (${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "libtorch's threads (${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--learning-rate",
            description = "instead of each method's own, to look for a better one")
    private @Nullable Double learningRate;

    /**
     * Trains every method in every variant with every seed, unless the log has that run.
     *
     * @param variants more of the program's options and their values
     * @return how many runs failed; why was printed
     */
    int runAll(RunLog log, List<String> methods, List<Map<String, Object>> variants)
            throws IOException, InterruptedException {
        int failures = 0;
        for (long seed : seeds) {
            for (String method : methods) {
                for (Map<String, Object> options : variants) {
                    failures += runOnce(log, method, seed, options) ? 0 : 1;
                }
            }
        }
        return failures;
    }

    /**
     * Trains a method unless the log has that run, and logs it.
     *
     * @param options more of the program's options and their values
     * @return false if it failed; why was printed
     */
    private boolean runOnce(RunLog log, String method, long seed, Map<String, Object> options)
            throws IOException, InterruptedException {
        try {
            log.findOrRun(key(method, seed, options), () -> train(method, seed, options));
            return true;
        } catch (UncheckedIOException e) {
            System.err.println(e.getMessage());
            return false;
        }
    }

    private JsonObject train(String method, long seed, Map<String, Object> options)
            throws IOException, InterruptedException {
        System.err.printf("%s, seed %d %s%n", method, seed, options.isEmpty() ? "" : options);
        try (TemporaryDirectory out = new TemporaryDirectory("sst2")) {
            List<String> line = new ArrayList<>();
            line.addAll(List.of("--data", data.toString(), "--base", base.toString()));
            line.addAll(List.of("--out", out.path().toString()));
            line.addAll(List.of("--threads", String.valueOf(threads)));
            arguments(method, seed, options)
                    .forEach((name, value) -> line.addAll(List.of("--" + name, value)));
            JsonObject result = SideProcess.run(SideProcess.java(Sst2.class), line, threads);
            result.addProperty("threads", threads);
            return result;
        }
    }

    private String baseName() {
        return String.valueOf(base.toAbsolutePath().normalize().getFileName());
    }

    /** What a run is found by in the log. */
    private JsonObject key(String method, long seed, Map<String, Object> options) {
        JsonObject key = new JsonObject();
        key.addProperty("base", baseName());
        arguments(method, seed, options).forEach(key::addProperty);
        return key;
    }

    /** What decides a run's result. */
    private SortedMap<String, String> arguments(
            String method, long seed, Map<String, Object> options) {
        SortedMap<String, String> arguments = new TreeMap<>();
        arguments.put("method", method);
        arguments.put("seed", String.valueOf(seed));
        arguments.put("epochs", String.valueOf(epochs));
        arguments.put("batch", String.valueOf(batch));
        arguments.put("order", "GROUPED_BY_LENGTH");
        double rate = learningRate == null ? Recipes.learningRate(method) : learningRate;
        arguments.put("learning-rate", String.valueOf(rate));
        options.forEach((name, value) -> arguments.put(name, String.valueOf(value)));
        return arguments;
    }

    /** Returns the log's runs of a method with these settings, one for each seed that is there. */
    List<JsonObject> finished(RunLog log, String method, Map<String, Object> options) {
        List<JsonObject> found = new ArrayList<>();
        for (long seed : seeds) {
            log.find(key(method, seed, options)).ifPresent(found::add);
        }
        return found;
    }

    /** Returns libtorch's threads. */
    int threads() {
        return threads;
    }

    /** Returns the settings in words. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%s; %d %s, batch %d, examples of similar length together, %d threads",
                baseName(),
                epochs,
                epochs == 1 ? "epoch" : "epochs",
                batch,
                threads);
    }
}
