package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.peft4j.core.files.TestFiles.assertBad;
import static org.peft4j.core.files.TestFiles.list;
import static org.peft4j.core.files.TestFiles.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileGroupTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir Path directory;

    @Test
    void writesAndReplacesAllAndKeepsTheRest() {
        Path target = directory.resolve("new");
        save(target, "one");
        write(target.resolve("other"), "kept");
        save(target, "two");
        assertEquals(List.of("two", "two", "two"), contents(target));
        assertEquals(List.of("a", "b", "c", "other"), list(target));
    }

    @Test
    void aFullDiskLeavesAllOldFiles() {
        save(directory, "old");
        FileBody full =
                channel -> {
                    channel.write(ByteBuffer.allocate(10));
                    throw new IOException("No space left on device");
                };
        AtomicFileGroup group =
                new AtomicFileGroup(directory).add("a", FileBody.of("new")).add("b", full);
        assertBad(
                directory.resolve("b"),
                group::commit,
                "no space left on device; the old files, if any, are unchanged");
        assertEquals(List.of("old", "old", "old"), contents(directory));
        assertEquals(List.of("a", "b", "c"), list(directory));
    }

    @Test
    void anErrorInABodyLeavesAllOldFiles() {
        save(directory, "old");
        FileBody broken =
                channel -> {
                    throw new StackOverflowError();
                };
        AtomicFileGroup group =
                new AtomicFileGroup(directory).add("a", FileBody.of("new")).add("b", broken);
        assertThrows(StackOverflowError.class, group::commit);
        assertEquals(List.of("old", "old", "old"), contents(directory));
        assertEquals(List.of("a", "b", "c"), list(directory));
    }

    @Test
    void refusesToReplaceADirectory() throws IOException {
        Files.createDirectory(directory.resolve("b"));
        AtomicFileGroup group =
                new AtomicFileGroup(directory)
                        .add("a", FileBody.of("new"))
                        .add("b", FileBody.of("new"));
        assertBad(directory.resolve("b"), group::commit, "is a directory, not a file");
        assertEquals(List.of("b"), list(directory));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a/b",
                "a\\b",
                "/a",
                "C:a",
                "a\n",
                ".peft4j.lock",
                ".peft4j-x"
            })
    void refusesNames(String name) {
        AtomicFileGroup group = new AtomicFileGroup(directory);
        assertThrows(IllegalArgumentException.class, () -> group.add(name, FileBody.of("")));
    }

    @Test
    void refusesTheSameNameTwice() {
        AtomicFileGroup group = new AtomicFileGroup(directory).add("a", FileBody.of(""));
        assertThrows(IllegalArgumentException.class, () -> group.add("a", FileBody.of("")));
    }

    /** A crash after the marker and this many renames; recovered by a reader or by a writer. */
    @ParameterizedTest
    @CsvSource({"0,true", "1,true", "2,true", "3,true", "0,false", "2,false"})
    void aCrashInTheMiddleIsCompleted(int renamesBeforeTheCrash, boolean byReader)
            throws IOException {
        save(directory, "old");
        Map<String, Path> written = new LinkedHashMap<>();
        for (String name : NAMES) {
            written.put(name, TemporaryFile.write(directory, FileBody.of("new")));
        }
        CommitMarker.write(directory, written);
        for (Map.Entry<String, Path> rename :
                List.copyOf(written.entrySet()).subList(0, renamesBeforeTheCrash)) {
            TemporaryFile.move(rename.getValue(), directory.resolve(rename.getKey()));
        }
        if (byReader) {
            AtomicFiles.recover(directory);
        } else {
            new AtomicFileGroup(directory).add("d", FileBody.of("d")).commit();
            Files.delete(directory.resolve("d"));
        }
        assertEquals(List.of("new", "new", "new"), contents(directory));
        assertEquals(List.of("a", "b", "c"), list(directory));
    }

    @Test
    void aRenameThatFailsHalfwayIsCompletedLater() throws IOException {
        save(directory, "old");
        Map<String, Path> written = new LinkedHashMap<>();
        for (String name : NAMES) {
            written.put(name, TemporaryFile.write(directory, FileBody.of("new")));
        }
        CommitMarker.write(directory, written);
        Files.delete(directory.resolve("b"));
        write(directory.resolve("b").resolve("inside"), "x");
        assertBad(
                directory,
                () -> AtomicFiles.recover(directory),
                "was left half saved by a writer that stopped");
        Files.delete(directory.resolve("b").resolve("inside"));
        Files.delete(directory.resolve("b"));
        AtomicFiles.recover(directory);
        assertEquals(List.of("new", "new", "new"), contents(directory));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"renames\": {\"../a\": \"TEMP\"}}|which peft4j never does",
                "{\"renames\": {\"a\": \"../TEMP\"}}|which peft4j never does",
                "{\"renames\": {\"a\": \"secret\"}}|which peft4j never does",
                "{\"renames\": {\".peft4j.lock\": \"TEMP\"}}|which peft4j never does",
                "{\"renames\": {\"a\": 1}}|renames.a must be a string but is 1",
                "{\"renames\": []}|renames must be an object but is a list",
                "{}|renames is missing",
                "{|is not valid JSON",
            })
    void aHostileMarkerMovesNothing(String marker, String message) throws IOException {
        write(directory.resolve("secret"), "secret");
        Path temporary = TemporaryFile.write(directory, FileBody.of("new"));
        String text = marker.replace("TEMP", temporary.getFileName().toString());
        Path file = write(directory.resolve(CommitMarker.FILE_NAME), text);
        assertBad(file, () -> AtomicFiles.recover(directory), message);
        AtomicFileGroup group = new AtomicFileGroup(directory).add("a", FileBody.of("x"));
        assertBad(file, group::commit, message);
        assertEquals(
                Set.of(CommitMarker.FILE_NAME, temporary.getFileName().toString(), "secret"),
                Set.copyOf(list(directory)));
    }

    @Test
    void parallelSavesDoNotMix() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> saves = new ArrayList<>();
            save(directory, "start");
            for (int t = 0; t < threads; t++) {
                String tag = "thread" + t;
                saves.add(
                        pool.submit(
                                () -> {
                                    for (int i = 0; i < 15; i++) {
                                        save(directory, tag + " " + i);
                                    }
                                }));
            }
            while (saves.stream().anyMatch(save -> !save.isDone())) {
                assertSame(AtomicFiles.readTogether(directory, NAMES, () -> contents(directory)));
            }
            for (Future<?> save : saves) {
                rethrow(save);
            }
            assertSame(contents(directory));
            assertEquals(List.of("a", "b", "c"), list(directory));
        } finally {
            pool.shutdownNow();
        }
    }

    private static void rethrow(Future<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertSame(List<String> contents) {
        assertEquals(1, contents.stream().distinct().count(), contents::toString);
    }

    private static void save(Path directory, String content) {
        AtomicFileGroup group = new AtomicFileGroup(directory);
        NAMES.forEach(name -> group.add(name, FileBody.of(content)));
        group.commit();
    }

    private static List<String> contents(Path directory) {
        return NAMES.stream().map(name -> TestFiles.text(directory.resolve(name))).toList();
    }
}
