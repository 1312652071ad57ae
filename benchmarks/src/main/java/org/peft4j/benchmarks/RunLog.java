package org.peft4j.benchmarks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.peft4j.core.BadFileException;

/** Finished runs in a file, a JSON object a line: what was run, and what came out. */
final class RunLog {

    private static final String PROCESSOR = "processor";

    private final Path file;
    private final List<JsonObject> runs;

    private RunLog(Path file, List<JsonObject> runs) {
        this.file = file;
        this.runs = runs;
    }

    /** Reads a file, or starts an empty log where there is none. */
    static RunLog open(Path file) throws IOException {
        List<JsonObject> runs = new ArrayList<>();
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        for (int i = 0; i < lines.size(); i++) {
            try {
                runs.add(JsonParser.parseString(lines.get(i)).getAsJsonObject());
            } catch (JsonParseException | IllegalStateException e) {
                throw new BadFileException(
                        file, "line " + (i + 1) + " is not a JSON object", "Delete that line", e);
            }
        }
        return new RunLog(file, runs);
    }

    /** Returns the run that holds all that the key holds. */
    Optional<JsonObject> find(JsonObject key) {
        return runs.stream().filter(run -> holds(run, key)).findFirst();
    }

    private static boolean holds(JsonObject run, JsonObject key) {
        for (Map.Entry<String, JsonElement> entry : key.entrySet()) {
            if (!entry.getValue().equals(run.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** What takes so long that its result is kept. */
    interface Run {
        JsonObject run() throws IOException, InterruptedException;
    }

    /** Returns the processor of the newest run; empty where none was noted. */
    String newestProcessor() {
        return runs.isEmpty() ? "" : processor(runs.get(runs.size() - 1));
    }

    /** Returns the processor of a run; empty where none was noted. */
    static String processor(JsonObject run) {
        return run.has(PROCESSOR) ? run.get(PROCESSOR).getAsString() : "";
    }

    /**
     * Returns the run of a key; where there is none, runs it now and adds it with date and
     * processor.
     */
    JsonObject findOrRun(JsonObject key, Run run) throws IOException, InterruptedException {
        Optional<JsonObject> found = find(key);
        if (found.isPresent()) {
            return found.get();
        }
        JsonObject result = run.run();
        result.addProperty("date", LocalDate.now(ZoneOffset.UTC).toString());
        result.addProperty(PROCESSOR, Processor.describe());
        add(key, result);
        return result;
    }

    /** Adds a run to the end of the file. */
    private void add(JsonObject key, JsonObject result) throws IOException {
        JsonObject run = key.deepCopy();
        result.entrySet().forEach(entry -> run.add(entry.getKey(), entry.getValue()));
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, run + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        runs.add(run);
    }
}
