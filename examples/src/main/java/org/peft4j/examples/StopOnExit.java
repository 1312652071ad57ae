package org.peft4j.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.peft4j.train.Trainer;

/**
 * Ends a program in order when it is told to exit, as by Ctrl-C: the training stops behind its step
 * and writes a checkpoint, and the process waits until everything is closed. Otherwise libtorch
 * would be taken down in the middle of an operation, which ends in a crash of the JVM.
 */
public final class StopOnExit implements AutoCloseable {

    private static final long MOST_SECONDS = 60;

    private final AtomicReference<@Nullable Trainer> running = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop-on-exit");

    /** Begins to listen; open it before everything that must be closed first. */
    public StopOnExit() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Names the training to stop. */
    public void watch(Trainer trainer) {
        running.set(trainer);
    }

    private void stop() {
        Trainer trainer = running.get();
        if (trainer != null) {
            trainer.stop();
        }
        try {
            if (!closed.await(MOST_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("not closed after " + MOST_SECONDS + " s; exiting anyway");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is exiting, and the hook has what it waited for
        }
    }
}
