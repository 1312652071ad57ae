package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.BadFileException;

final class UninterruptedTest {

    private static BadFileException failure() {
        return new BadFileException(Path.of("file"), "cannot be written", "Write it again");
    }

    @Test
    void whatAnInterruptionSpoiltIsDoneAgain() {
        List<Boolean> interrupted = new ArrayList<>();
        Uninterrupted.run(
                () -> {
                    interrupted.add(Thread.currentThread().isInterrupted());
                    if (interrupted.size() == 1) {
                        Thread.currentThread().interrupt();
                        throw failure();
                    }
                });
        assertTrue(Thread.interrupted(), "the interruption is passed on");
        assertEquals(List.of(false, false), interrupted);
    }

    @Test
    void otherFailuresComeThrough() {
        assertThrows(
                BadFileException.class,
                () ->
                        Uninterrupted.run(
                                () -> {
                                    throw failure();
                                }));
        assertFalse(Thread.interrupted());
    }
}
