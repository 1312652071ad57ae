package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;

/** A lock leaves nothing behind and follows no link. */
class DirectoryLockTest {

    @TempDir Path directory;

    @Test
    void isThereOnlyMeanwhile() throws IOException {
        DirectoryLock.hold(
                directory,
                () -> assertEquals(List.of(DirectoryLock.FILE_NAME), TestFiles.list(directory)));
        assertEquals(List.of(), TestFiles.list(directory));
    }

    @Test
    void takesTheLockThatAKilledWriterLeft() throws IOException {
        Files.createFile(directory.resolve(DirectoryLock.FILE_NAME));
        boolean[] ran = {false};
        DirectoryLock.hold(directory, () -> ran[0] = true);
        assertTrue(ran[0]);
        assertEquals(List.of(), TestFiles.list(directory));
    }

    @Test
    void isGivenBackWhereTheActionFails() throws IOException {
        assertThrows(
                IOException.class,
                () ->
                        DirectoryLock.hold(
                                directory,
                                () -> {
                                    throw new IOException("no");
                                }));
        assertEquals(List.of(), TestFiles.list(directory));
        DirectoryLock.hold(directory, () -> {});
    }

    /** Opening a directory from outside would otherwise make a file wherever the link points. */
    @Test
    void followsNoSymbolicLink() throws IOException {
        Path elsewhere = directory.resolve("elsewhere");
        Path saved = Files.createDirectory(directory.resolve("saved"));
        Files.createSymbolicLink(saved.resolve(DirectoryLock.FILE_NAME), elsewhere);
        AtomicFileGroup group = new AtomicFileGroup(saved).add("a", FileBody.of("a"));
        BadFileException refused = assertThrows(BadFileException.class, group::commit);
        assertTrue(String.valueOf(refused.getMessage()).contains("symbolic link"));
        Files.writeString(saved.resolve(CommitMarker.FILE_NAME), "{\"renames\": {}}");
        assertThrows(BadFileException.class, () -> AtomicFiles.recover(saved));
        assertFalse(Files.exists(elsewhere));
    }
}
