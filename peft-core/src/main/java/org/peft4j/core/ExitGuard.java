package org.peft4j.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back the exit of the JVM until long work in libtorch has ended. Without it an exit (Ctrl-C,
 * SIGTERM, {@code System.exit} on another thread) takes libtorch down in the middle of an
 * operation, and the JVM crashes.
 *
 * <p>The exit waits until this is closed, a minute at most, and not at all if the guarded thread
 * itself asked for the exit. Open and close it on the thread that works.
 */
public final class ExitGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExitGuard.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Thread worker = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::awaitWork, "peft4j-exit-guard");
    private volatile boolean exiting;

    private ExitGuard() {}

    /** Guards work of this thread that asks, as often as it can end, whether the JVM exits. */
    public static ExitGuard open() {
        ExitGuard guard = new ExitGuard();
        try {
            Runtime.getRuntime().addShutdownHook(guard.hook);
        } catch (IllegalStateException e) {
            guard.exiting = true; // too late to be waited for
        }
        return guard;
    }

    /** Does work that the exit waits for, without a place where it could end early. */
    @SuppressWarnings("try") // its being open is all
    public static <T> T during(Supplier<T> work) {
        try (ExitGuard guard = open()) {
            return work.get();
        }
    }

    /** Tells whether the JVM exits, and so waits for the work to end. */
    public boolean isExiting() {
        return exiting;
    }

    /**
     * Ends the work if the JVM waits for that.
     *
     * @throws PeftException if so
     */
    public void check() {
        if (exiting) {
            throw new PeftException("stopped half-way, because the JVM is exiting.");
        }
    }

    private void awaitWork() {
        exiting = true;
        if (causedExit()) {
            return;
        }
        try {
            if (!closed.await(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn(
                        "the JVM exits although the thread {} still works in libtorch after {} s",
                        worker.getName(),
                        LONGEST_WAIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread in {@code System.exit} waits for the hooks, so a hook must not wait for it. */
    private boolean causedExit() {
        return Arrays.stream(worker.getStackTrace())
                .anyMatch(
                        frame ->
                                frame.getClassName().equals(Runtime.class.getName())
                                        && frame.getMethodName().equals("exit"));
    }

    /** Lets the JVM exit. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is exiting, and the hook has what it waited for
        }
    }
}
