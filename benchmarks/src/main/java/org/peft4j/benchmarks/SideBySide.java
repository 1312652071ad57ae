package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.peft4j.core.ops.DType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the same training steps here and in Python, in turn, and prints a table of both. */
@Command(
        name = "side-by-side",
        mixinStandardHelpOptions = true,
        description = "The same LoRA training step in peft4j and in Python's peft, side by side.")
final class SideBySide implements Callable<Integer> {

    @Option(
            names = "--python",
            defaultValue = "python3",
            description =
                    "a Python that has src-test-fixtures/generate/requirements.txt"
                            + " (${DEFAULT-VALUE})")
    String python = "python3";

    @Option(
            names = "--script",
            defaultValue = "benchmarks/python/train_step.py",
            description = "the Python side (${DEFAULT-VALUE})")
    Path script = Path.of("benchmarks/python/train_step.py");

    @Option(
            names = "--checkpoints",
            defaultValue = "benchmarks/target/checkpoints",
            description = "where to write the random checkpoints (${DEFAULT-VALUE})")
    Path checkpoints = Path.of("benchmarks/target/checkpoints");

    @Option(names = "--runs", defaultValue = "3", description = "runs a side (${DEFAULT-VALUE})")
    int runs;

    @Option(
            names = "--dtypes",
            split = ",",
            defaultValue = "float32,bfloat16",
            description = "dtypes to measure (${DEFAULT-VALUE})")
    List<String> dtypes = List.of();

    @Mixin Workload workload = new Workload();

    @Mixin RandomLlama base = new RandomLlama();

    private SideBySide() {}

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SideBySide()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int threads = workload.threads;
        List<String> table = new ArrayList<>();
        table.add("| dtype | measure | peft4j | Python peft | ratio | aim |");
        table.add("|---|---|---:|---:|---:|---|");
        for (String name : dtypes) {
            DType dtype =
                    DType.fromConfigName(name)
                            .orElseThrow(() -> new IllegalArgumentException("no dtype " + name));
            Path checkpoint = checkpoints.resolve(name);
            base.write(checkpoint, dtype);
            List<String> arguments = workload.arguments(checkpoint.toString(), dtype);
            List<JsonObject> here = new ArrayList<>();
            List<JsonObject> there = new ArrayList<>();
            for (int run = 0; run < runs; run++) {
                here.add(SideProcess.run(SideProcess.java(TrainStep.class), arguments, threads));
                there.add(SideProcess.run(SideProcess.python(python, script), arguments, threads));
                System.err.printf(Locale.ROOT, "%s run %d of %d done%n", name, run + 1, runs);
            }
            table.addAll(rows(name, here, there));
        }
        System.out.println(
                base.describe()
                        + "; LoRA rank "
                        + workload.rank
                        + " on "
                        + workload.targets
                        + "; batch "
                        + workload.rows
                        + " × "
                        + workload.length
                        + ", "
                        + workload.threads
                        + " threads, medians of "
                        + runs
                        + " runs\n");
        table.forEach(System.out::println);
        return 0;
    }

    private static List<String> rows(String dtype, List<JsonObject> here, List<JsonObject> there) {
        Map<String, String[]> measures = new LinkedHashMap<>();
        measures.put("tokens_per_s", new String[] {"training, tokens/s", "≥ 1.0"});
        measures.put("peak_rss_mib", new String[] {"peak memory, MiB", "≤ 0.8"});
        measures.put("start_to_open_s", new String[] {"process start to opened model, s", "≤ 0.2"});
        measures.put("open_s", new String[] {"of it, opening alone, s", ""});
        measures.put("open_to_first_step_s", new String[] {"opening to first step done, s", ""});
        List<String> rows = new ArrayList<>();
        measures.forEach(
                (key, text) -> {
                    double a = median(here, key);
                    double b = median(there, key);
                    rows.add(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %s | %s | %s | %.2f | %s |",
                                    dtype,
                                    text[0],
                                    number(a),
                                    number(b),
                                    a / b,
                                    text[1]));
                });
        rows.add(
                String.format(
                        Locale.ROOT,
                        "| %s | loss of the last step | %.5f | %.5f | | |",
                        dtype,
                        lastLoss(here),
                        lastLoss(there)));
        return rows;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.3f", value);
    }

    private static double lastLoss(List<JsonObject> runs) {
        var losses = runs.get(0).getAsJsonArray("losses");
        return losses.get(losses.size() - 1).getAsDouble();
    }

    private static double median(List<JsonObject> runs, String key) {
        double[] values =
                runs.stream().mapToDouble(run -> run.get(key).getAsDouble()).sorted().toArray();
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
