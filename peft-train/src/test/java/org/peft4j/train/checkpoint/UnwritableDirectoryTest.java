package org.peft4j.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.train.StepMetrics;
import org.peft4j.train.Tiny;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingListener;

/** Where nothing can be written, that is said before the first step, with the reason. */
final class UnwritableDirectoryTest {

    @TempDir private Path directory;

    private static void assertNotBegun(Path checkpoints, String reason) {
        AtomicInteger steps = new AtomicInteger();
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            Trainer trainer =
                    Trainer.builder()
                            .setModel(model)
                            .setSelection(AdapterSelection.of("a"))
                            .setExamples(Tiny.examples(4, 1))
                            .setConfig(
                                    Tiny.config()
                                            .maxSteps(2)
                                            .checkpointDirectory(checkpoints)
                                            .build())
                            .addListener(
                                    new TrainingListener() {
                                        @Override
                                        public void onStep(StepMetrics metrics) {
                                            steps.incrementAndGet();
                                        }
                                    })
                            .build();
            assertReason(reason, assertThrows(BadFileException.class, trainer::train));
            assertEquals(0, steps.get());
            assertReason(
                    reason,
                    assertThrows(BadFileException.class, () -> model.save("a", checkpoints)));
            assertReason(
                    reason,
                    assertThrows(
                            BadFileException.class, () -> model.writeMerged(checkpoints, "a")));
        }
    }

    private static void assertReason(String reason, BadFileException e) {
        assertTrue(
                String.valueOf(e.getMessage()).matches("(?s).*(" + reason + ").*"), e.getMessage());
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertNotBegun(
                file, "is a file, not a directory|there is a file where a directory must be");
        assertEquals("x", Files.readString(file));
    }

    @Test
    void norIsAnythingBelowAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertNotBegun(file.resolve("checkpoints"), "Not a directory|there is a file where");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "directories are never read-only there")
    void permissionIsNeeded() throws IOException {
        Path locked = Files.createDirectory(directory.resolve("locked"));
        assertTrue(locked.toFile().setWritable(false));
        assumeFalse(Files.isWritable(locked), "an administrator may write everywhere");
        assertNotBegun(locked, "permission denied");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no such file system there")
    void soIsAFileSystemThatTakesFiles() {
        Path proc = Path.of("/proc/self");
        assumeFalse(!Files.isDirectory(proc), "there is no /proc");
        assertNotBegun(proc, "could not be written: [^/]*;");
    }

    @Test
    void nothingIsLeftOfTheAttempt() throws IOException {
        Path place = directory.resolve("a").resolve("b");
        new CheckpointStore(place, 1).requireWritable();
        try (Stream<Path> files = Files.list(place)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
