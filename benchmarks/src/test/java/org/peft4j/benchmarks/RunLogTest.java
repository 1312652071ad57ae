package org.peft4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;

/** What has been run is not run again, and nothing that was run is lost. */
final class RunLogTest {

    private static JsonObject json(String name, Number value) {
        JsonObject json = new JsonObject();
        json.addProperty(name, value);
        return json;
    }

    @Test
    void aRunIsFoundAfterReopening(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("new").resolve("runs.jsonl");
        AtomicInteger ran = new AtomicInteger();
        RunLog.Run run =
                () -> {
                    ran.incrementAndGet();
                    return json("accuracy", 0.5);
                };
        JsonObject first = RunLog.open(file).findOrRun(json("seed", 1), run);
        JsonObject again = RunLog.open(file).findOrRun(json("seed", 1), run);
        assertEquals(1, ran.get());
        assertEquals(0.5, first.get("accuracy").getAsDouble());
        assertEquals(0.5, again.get("accuracy").getAsDouble());
        RunLog.open(file).findOrRun(json("seed", 2), run);
        assertEquals(2, ran.get());
        assertEquals(2, Files.readAllLines(file).size());
    }

    @Test
    void aRunKnowsItsDateAndItsProcessor(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("runs.jsonl");
        Files.writeString(file, "{\"seed\":0}\n");
        RunLog log = RunLog.open(file);
        assertEquals("", log.newestProcessor());
        log.findOrRun(json("seed", 1), () -> json("accuracy", 0.5));
        assertEquals(Processor.describe(), log.newestProcessor());
        assertTrue(log.find(json("seed", 1)).orElseThrow().has("date"));
    }

    @Test
    void aRunThatFailsIsNotLogged(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("runs.jsonl");
        RunLog log = RunLog.open(file);
        assertThrows(
                IOException.class,
                () ->
                        log.findOrRun(
                                json("seed", 1),
                                () -> {
                                    throw new IOException("no memory");
                                }));
        assertFalse(Files.exists(file));
    }

    @Test
    void aBrokenLineIsNamed(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("runs.jsonl");
        Files.writeString(file, "{\"seed\":0}\n{\"seed\":\n");
        BadFileException error = assertThrows(BadFileException.class, () -> RunLog.open(file));
        assertTrue(error.toString().contains("line 2"), error.toString());
    }
}
