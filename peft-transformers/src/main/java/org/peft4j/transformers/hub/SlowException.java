package org.peft4j.transformers.hub;

import java.io.IOException;

/** So little arrives that waiting on would take for ever. */
final class SlowException extends IOException {

    private static final long serialVersionUID = 1L;

    SlowException(String message) {
        super(message);
    }
}
