package org.peft4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.examples.sst2.Recipes;
import picocli.CommandLine;

/** The table of methods, from a log. */
final class MethodReportTest {

    private static String run(
            String method, int seed, double seconds, double accuracy, int threads, String cpu) {
        String day = cpu.equals("old") ? "2026-11-21" : "2026-11-27";
        JsonObject run = new JsonObject();
        run.addProperty("base", "mini");
        run.addProperty("batch", "32");
        run.addProperty("epochs", "1");
        run.addProperty("learning-rate", String.valueOf(Recipes.learningRate(method)));
        run.addProperty("method", method);
        run.addProperty("order", "GROUPED_BY_LENGTH");
        run.addProperty("seed", String.valueOf(seed));
        run.addProperty("trainable_parameters", 1000);
        run.addProperty("all_parameters", 20_000);
        run.addProperty("file_bytes", 4096);
        run.addProperty("train_s", seconds);
        run.addProperty("peak_rss_mib", 512);
        run.addProperty("dev_accuracy", accuracy);
        run.addProperty("threads", threads);
        run.addProperty("date", day);
        run.addProperty("processor", cpu);
        return run + "\n";
    }

    private static List<String> rows(Path directory, String... runs) throws IOException {
        Path log = directory.resolve("runs.jsonl");
        Files.writeString(log, String.join("", runs));
        Sst2Runs settings = new Sst2Runs();
        new CommandLine(settings).parseArgs("--data", "sst2", "--base", "models/mini");
        Path table = directory.resolve("table.md");
        MethodReport.write(table, settings, RunLog.open(log));
        return Files.readAllLines(table).stream()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
    }

    @Test
    void aRowIsTheMeanOfItsSeeds(@TempDir Path directory) throws IOException {
        List<String> rows =
                rows(
                        directory,
                        run("lora", 0, 60, 0.85, 2, "new"),
                        run("lora", 1, 50, 0.87, 2, "new"));
        assertEquals(1, rows.size());
        assertTrue(rows.get(0).startsWith("| lora | "), rows.get(0));
        assertTrue(
                rows.get(0)
                        .endsWith(
                                "| 1,000 | 5.000 | 4 | 50 | 512 | 86.00 ± 1.41 | 85.00, 87.00 |"
                                        + " 2026-11-27 |"),
                rows.get(0));
    }

    @Test
    void aRowTellsItsFirstAndItsLastDay(@TempDir Path directory) throws IOException {
        List<String> rows =
                rows(
                        directory,
                        run("lora", 0, 60, 0.85, 2, "new"),
                        run("lora", 1, 50, 0.87, 2, "old"));
        assertTrue(rows.get(0).endsWith("| 2026-11-21 – 2026-11-27 |"), rows.get(0));
    }

    @Test
    void timesAreOfTheNewestProcessorAndOfSoManyThreads(@TempDir Path directory)
            throws IOException {
        List<String> rows =
                rows(
                        directory,
                        run("lora", 0, 10, 0.85, 2, "old"),
                        run("ia3", 0, 10, 0.85, 1, "new"),
                        run("ia3", 1, 70, 0.85, 2, "new"));
        assertEquals(2, rows.size());
        for (String row : rows) {
            String time = row.startsWith("| lora ") ? "| 4 | – |" : "| 4 | 70 |";
            assertTrue(row.contains(time), row);
        }
    }
}
