package org.peft4j.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;

final class CheckpointStoreTest {

    @TempDir private Path directory;

    private static void put(Path into, String text) {
        try {
            Files.writeString(into.resolve("state"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsTheNewestByStepNotByName() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, 2);
        for (long step : new long[] {8, 9, 10, 100}) {
            store.write(step, into -> put(into, "step " + step));
        }
        assertEquals(List.of("checkpoint-10", "checkpoint-100"), names());
        assertEquals(Optional.of(directory.resolve("checkpoint-100")), store.latest());
        assertEquals("step 100", Files.readString(directory.resolve("checkpoint-100/state")));
    }

    @Test
    void aFailureLeavesWhatWasThere() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, 1);
        store.write(1, into -> put(into, "good"));
        assertThrows(
                IllegalStateException.class,
                () ->
                        store.write(
                                2,
                                into -> {
                                    put(into, "half");
                                    throw new IllegalStateException("the disk is gone");
                                }));
        assertThrows(
                BadFileException.class,
                () ->
                        store.write(
                                2,
                                into -> {
                                    throw new UncheckedIOException(new IOException("full"));
                                }));
        assertEquals(List.of("checkpoint-1"), names());
        assertEquals("good", Files.readString(directory.resolve("checkpoint-1/state")));
    }

    @Test
    void aProcessThatDiedLeavesNothingThatCounts() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, 2);
        store.write(3, into -> put(into, "good"));
        Path half = Files.createDirectory(directory.resolve(".checkpoint-4.dead.partial"));
        put(half, "half");
        Files.createDirectory(directory.resolve("checkpoint-notes"));
        assertEquals(Optional.of(directory.resolve("checkpoint-3")), store.latest());
        store.clearAbandoned();
        assertEquals(List.of("checkpoint-3", "checkpoint-notes"), names());
    }

    @Test
    void theSameStepIsReplaced() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, 2);
        store.write(3, into -> put(into, "first"));
        store.write(3, into -> put(into, "second"));
        assertEquals(List.of("checkpoint-3"), names());
        assertEquals("second", Files.readString(directory.resolve("checkpoint-3/state")));
    }

    @Test
    void aPlaceThatIsNoneIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        BadFileException error =
                assertThrows(
                        BadFileException.class,
                        () -> new CheckpointStore(file, 1).write(1, into -> {}));
        assertTrue(
                String.valueOf(error.getMessage()).contains("checkpoint-1: could not be written"));
        assertEquals(Optional.empty(), new CheckpointStore(file, 1).latest());
    }
}
