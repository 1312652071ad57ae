package org.peft4j.transformers.hub;

import java.io.IOException;
import java.time.Duration;

/** A server answered that it cannot help right now: 408, 429 or 5xx. */
final class BusyException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * @param retryAfter how long the server asks to wait; zero if it does not say
     */
    BusyException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
