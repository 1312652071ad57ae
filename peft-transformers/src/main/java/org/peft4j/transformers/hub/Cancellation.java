package org.peft4j.transformers.hub;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;

/**
 * Ends a download wherever it is. An interrupt alone does not: the stream of an answer swallows it
 * (JDK 17), so the streams that are being read are closed.
 */
final class Cancellation {

    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cancelled;

    /** Closes what is open, and what is opened later. */
    void cancel() {
        cancelled = true;
        open.forEach(Cancellation::close);
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Lets a stream be closed when all ends. */
    void add(Closeable stream) {
        open.add(stream);
        if (cancelled) {
            close(stream);
        }
    }

    void remove(Closeable stream) {
        open.remove(stream);
    }

    /**
     * Lets work go on that has not been cancelled.
     *
     * @throws PeftException if it has
     */
    void check() {
        if (cancelled) {
            throw interrupted(null);
        }
    }

    static PeftException interrupted(@Nullable Throwable cause) {
        return new PeftException(
                "The download was interrupted. What has arrived is kept; the next one goes on from"
                        + " there.",
                cause);
    }

    private static void close(Closeable stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // The reader hears of it.
        }
    }
}
