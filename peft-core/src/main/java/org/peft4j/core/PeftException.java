package org.peft4j.core;

import org.jspecify.annotations.Nullable;

/**
 * What peft4j throws when the input, not the program, is at fault: a message that says what is
 * wrong, where, and how to mend it.
 */
public class PeftException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is wrong, where, and what to do, as full sentences
     */
    public PeftException(String message) {
        super(message);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message what is wrong, where, and what to do, as full sentences
     * @param cause what the machine said
     */
    public PeftException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
