package org.peft4j.train;

import org.peft4j.core.BadFileException;

/** Finishes what an interruption of the thread would spoil, such as a half-written file. */
final class Uninterrupted {

    private Uninterrupted() {}

    /** Runs a body, again if an interruption stopped it, and passes the interruption on. */
    static void run(Runnable body) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    body.run();
                    return;
                } catch (BadFileException e) {
                    // A file channel is closed when its thread is interrupted.
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
