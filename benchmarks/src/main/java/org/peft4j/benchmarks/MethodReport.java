package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.FileBody;
import org.peft4j.examples.sst2.Recipes;

/** The table that a reader of the papers knows: one method a row. */
final class MethodReport {

    private MethodReport() {}

    /** Writes a Markdown file with the methods that have a finished run. */
    static void write(Path file, Sst2Runs runs, RunLog log) {
        String processor = log.newestProcessor();
        List<String> lines = new ArrayList<>();
        lines.add("# Every method on SST-2");
        lines.add("");
        lines.add(
                "Accuracy on the 872 sentences of the development set: mean and standard deviation"
                        + " over the seeds, then each seed. "
                        + runs.describe()
                        + ". Parameters and files are those of all adapters with the classification"
                        + " head; time is the fastest training on "
                        + processor
                        + " (a dash where there is none), which other work on the machine can only"
                        + " slow down; peak memory is the mean, of the whole process.");
        lines.add("");
        lines.add(
                "| method | learning rate | trainable parameters | share, % | file, KiB | time, s | peak memory,"
                        + " MiB | accuracy, % | of each seed | measured |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|---:|---|---|");
        for (String method : Recipes.names()) {
            List<JsonObject> found = runs.finished(log, method, Map.of());
            if (!found.isEmpty()) {
                lines.add(row(method, found, seconds(found, runs.threads(), processor)));
            }
        }
        String text = String.join("\n", lines) + "\n";
        AtomicFiles.writeFile(file, FileBody.of(text));
    }

    private static String row(String method, List<JsonObject> runs, String seconds) {
        JsonObject first = runs.get(0);
        Statistics accuracy = Statistics.of(runs, "dev_accuracy");
        double trainable = first.get("trainable_parameters").getAsDouble();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f | %.3f | %,.0f | %s | %,.0f | %.2f ± %.2f | %s | %s |",
                method,
                first.get("learning-rate").getAsString(),
                trainable,
                100 * trainable / first.get("all_parameters").getAsDouble(),
                first.get("file_bytes").getAsDouble() / 1024,
                seconds,
                Statistics.of(runs, "peak_rss_mib").mean(),
                100 * accuracy.mean(),
                100 * accuracy.deviation(),
                accuracy.values().stream()
                        .map(value -> String.format(Locale.ROOT, "%.2f", 100 * value))
                        .collect(Collectors.joining(", ")),
                dates(runs));
    }

    /** The day of the runs, or the first and the last one. */
    private static String dates(List<JsonObject> runs) {
        List<String> days =
                runs.stream()
                        .map(run -> run.get("date").getAsString())
                        .distinct()
                        .sorted()
                        .toList();
        return days.size() == 1 ? days.get(0) : days.get(0) + " – " + days.get(days.size() - 1);
    }

    /** The fastest of the runs on so many threads of a processor; a dash if there is none. */
    private static String seconds(List<JsonObject> runs, int threads, String processor) {
        List<JsonObject> comparable =
                runs.stream()
                        .filter(run -> run.get("threads").getAsInt() == threads)
                        .filter(run -> RunLog.processor(run).equals(processor))
                        .toList();
        return comparable.isEmpty()
                ? "–"
                : String.format(Locale.ROOT, "%.0f", Statistics.of(comparable, "train_s").least());
    }
}
