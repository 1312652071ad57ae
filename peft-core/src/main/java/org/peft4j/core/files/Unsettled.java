package org.peft4j.core.files;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Reading what somebody else may be saving. */
public final class Unsettled {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LONGEST_PAUSE_MILLIS = 64;

    private Unsettled() {}

    /**
     * Opens and reads files, again from the start whenever one of them was replaced in between, for
     * half a minute at most. What is returned is of one save.
     *
     * @param reading opens and reads; leaves nothing behind when it fails
     * @param <T> what comes of it
     * @throws ChangedFileException if the files never stood still, or the thread is interrupted
     */
    public static <T> T read(Supplier<T> reading) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long pause = 1;
        while (true) {
            try {
                return reading.get();
            } catch (ChangedFileException e) {
                if (System.nanoTime() - deadline > 0 || !slept(pause)) {
                    throw e;
                }
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    private static boolean slept(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
