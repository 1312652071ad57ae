package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.peft4j.core.files.TestFiles.assertBad;
import static org.peft4j.core.files.TestFiles.list;
import static org.peft4j.core.files.TestFiles.text;
import static org.peft4j.core.files.TestFiles.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;

class AtomicFilesTest {

    /** A process id that Linux never gives. */
    private static final String NO_PROCESS = "4194399";

    @TempDir Path directory;

    private static final FileBody DISK_FULL =
            channel -> {
                channel.write(ByteBuffer.allocate(1000));
                throw new IOException("No space left on device");
            };

    @Test
    void writesAndReplaces() {
        Path file = directory.resolve("new").resolve("file");
        AtomicFiles.writeFile(file, FileBody.of("one"));
        AtomicFiles.writeFile(file, FileBody.of("two"));
        assertEquals("two", text(file));
        assertEquals(List.of("file"), list(directory.resolve("new")));
    }

    @Test
    void aBodyMayCloseItsChannel() {
        Path file = directory.resolve("file");
        AtomicFiles.writeFile(
                file,
                channel -> {
                    channel.write(ByteBuffer.wrap(new byte[] {'x'}));
                    channel.close();
                });
        assertEquals("x", text(file));
    }

    @Test
    void aFullDiskLeavesTheOldFile() {
        Path file = write(directory.resolve("file"), "old");
        assertBad(
                file,
                () -> AtomicFiles.writeFile(file, DISK_FULL),
                "could not be written: no space left on device; the old file, if any, is unchanged",
                "Free space on this disk");
        assertEquals("old", text(file));
        assertEquals(List.of("file"), list(directory));
    }

    @Test
    void aDeviceThatIsReallyFullLeavesTheOldFile() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full));
        Path file = write(directory.resolve("file"), "old");
        FileBody body =
                channel -> {
                    try (FileChannel device = FileChannel.open(full, StandardOpenOption.WRITE)) {
                        device.write(ByteBuffer.allocate(10));
                    }
                };
        assertBad(file, () -> AtomicFiles.writeFile(file, body), "no space left on device");
        assertEquals("old", text(file));
        assertEquals(List.of("file"), list(directory));
    }

    @Test
    void whatElseABodyThrowsComesThrough() {
        Path file = write(directory.resolve("file"), "old");
        IllegalStateException problem = new IllegalStateException("oops");
        FileBody body =
                channel -> {
                    channel.write(ByteBuffer.allocate(10));
                    throw problem;
                };
        assertSame(
                problem,
                assertThrows(IllegalStateException.class, () -> AtomicFiles.writeFile(file, body)));
        assertEquals(List.of("file"), list(directory));
    }

    @Test
    void refusesTargetsThatCannotBe() {
        assertBad(
                directory,
                () -> AtomicFiles.writeFile(directory, FileBody.of("x")),
                "is a directory, not a file");
        Path inFile = write(directory.resolve("file"), "old").resolve("below");
        assertBad(
                inFile,
                () -> AtomicFiles.writeFile(inFile, FileBody.of("x")),
                "could not be written");
    }

    @Test
    void anInterruptedThreadLeavesTheOldFile() {
        Path file = write(directory.resolve("file"), "old");
        Thread.currentThread().interrupt();
        try {
            assertBad(
                    file,
                    () -> AtomicFiles.writeFile(file, FileBody.of("new")),
                    "the thread was interrupted");
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(List.of("file"), list(directory));
        assertEquals("old", text(file));
    }

    @Test
    void recoverDeletesOnlyWhatIsAbandoned() throws IOException {
        String alive = TemporaryFile.freshName();
        String[] parts = alive.split("-", -1);
        String dead = alive.replace("-" + parts[2] + "-", "-" + NO_PROCESS + "-");
        String earlierRun = alive.replace("-" + parts[3] + "-", "-00000000-");
        String elsewhere = alive.replace("-" + parts[1] + "-", "-otherhost-");
        String old = elsewhere.replace(parts[4], "0".repeat(32) + ".tmp");
        String foreign = ".peft4j-mine.tmp";
        for (String name : List.of(alive, dead, earlierRun, elsewhere, old, foreign, "file")) {
            write(directory.resolve(name), name);
        }
        Files.setLastModifiedTime(
                directory.resolve(old), FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        AtomicFiles.recover(directory);
        List<String> left = list(directory);
        assertTrue(left.containsAll(List.of(alive, elsewhere, foreign, "file")), left::toString);
        assertTrue(!left.contains(old), left::toString);
        boolean processesAreVisible = !parts[1].equals("0");
        assertEquals(!processesAreVisible, left.contains(dead));
        assertEquals(!processesAreVisible, left.contains(earlierRun));
    }

    @Test
    void recoverLeavesAloneWhatNeedsNothing() {
        write(directory.resolve("file"), "x");
        AtomicFiles.recover(directory);
        AtomicFiles.recover(directory.resolve("missing"));
        assertEquals(List.of("file"), list(directory));
    }

    @Test
    void aWrittenFileIsNotUndoneByAnOlderInterruptedGroup() throws IOException {
        Path waiting = TemporaryFile.write(directory, FileBody.of("older"));
        CommitMarker.write(directory, Map.of("file", waiting));
        AtomicFiles.writeFile(directory.resolve("file"), FileBody.of("newer"));
        AtomicFiles.recover(directory);
        assertEquals("newer", text(directory.resolve("file")));
    }

    @Test
    void readTogetherReadsAgainWhenFilesChanged() {
        Path file = write(directory.resolve("file"), "0");
        Deque<String> changes = new ArrayDeque<>(List.of("1", "2", "3"));
        String read =
                AtomicFiles.readTogether(
                        directory,
                        List.of("file", "absent"),
                        () -> {
                            String before = text(file);
                            if (!changes.isEmpty()) {
                                AtomicFiles.writeFile(file, FileBody.of(changes.pop()));
                                throw new BadFileException(file, "half of it", "Wait");
                            }
                            return before;
                        });
        assertEquals("3", read);
    }
}
