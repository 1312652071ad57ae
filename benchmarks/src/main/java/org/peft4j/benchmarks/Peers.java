package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.peft4j.core.ops.DType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Several runs of both sides on random checkpoints of several dtypes. */
final class Peers {

    @Mixin private Sides sides = new Sides();

    @Option(
            names = "--checkpoints",
            defaultValue = "benchmarks/target/checkpoints",
            description = "where to write the random checkpoints (${DEFAULT-VALUE})")
    private Path checkpoints = Path.of("benchmarks/target/checkpoints");

    @Option(names = "--runs", defaultValue = "3", description = "runs a side (${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--dtypes",
            split = ",",
            defaultValue = "float32,bfloat16",
            description = "dtypes to measure (${DEFAULT-VALUE})")
    private List<String> dtypes = List.of();

    /** What the runs of both sides printed. */
    record Runs(List<JsonObject> here, List<JsonObject> there) {

        double here(String key) {
            return median(here, key);
        }

        double there(String key) {
            return median(there, key);
        }
    }

    /** Returns how the measurements were made. */
    String describe() {
        return sides.threads() + " threads, medians of " + runs + " runs";
    }

    /** Returns the dtypes to measure. */
    List<DType> dtypes() {
        return dtypes.stream()
                .map(
                        name ->
                                DType.fromConfigName(name)
                                        .orElseThrow(
                                                () ->
                                                        new IllegalArgumentException(
                                                                "no dtype " + name)))
                .toList();
    }

    /** Writes a random checkpoint and returns its directory. */
    Path write(RandomLlama base, DType dtype) {
        Path checkpoint = checkpoints.resolve(dtype.configName());
        base.write(checkpoint, dtype);
        return checkpoint;
    }

    /**
     * Runs both sides in turn.
     *
     * @param main the Java side
     * @param script the Python side
     * @param options what both understand
     */
    Runs run(Class<?> main, String script, List<String> options)
            throws IOException, InterruptedException {
        List<JsonObject> here = new ArrayList<>();
        List<JsonObject> there = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            here.add(sides.here(main, options));
            there.add(sides.there(script, options));
            System.err.printf("run %d of %d done: %s%n", run + 1, runs, options);
        }
        return new Runs(here, there);
    }

    /** Writes a figure for a table. */
    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.3f", value);
    }

    private static double median(List<JsonObject> runs, String key) {
        double[] values =
                runs.stream().mapToDouble(run -> run.get(key).getAsDouble()).sorted().toArray();
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
