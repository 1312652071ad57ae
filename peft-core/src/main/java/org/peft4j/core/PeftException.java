package org.peft4j.core;

import org.jspecify.annotations.Nullable;

/**
 * What peft4j throws when the input, not the program, is at fault: a message that says what is
 * wrong, where, and how to mend it.
 */
public class PeftException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 2_000;
    private static final int LONGEST_END = 600;

    /**
     * Creates the exception.
     *
     * @param message what is wrong, where, and what to do, as full sentences
     */
    public PeftException(String message) {
        super(bounded(message));
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message what is wrong, where, and what to do, as full sentences
     * @param cause what the machine said
     */
    public PeftException(String message, @Nullable Throwable cause) {
        super(bounded(message), cause);
    }

    /** Values from files may be of any length; the end, which says what to do, is kept. */
    private static String bounded(String message) {
        int length = message.length();
        return length <= LONGEST
                ? message
                : message.substring(0, LONGEST - LONGEST_END - 3)
                        + " … "
                        + message.substring(length - LONGEST_END);
    }
}
