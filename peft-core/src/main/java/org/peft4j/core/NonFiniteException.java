package org.peft4j.core;

/** A NaN or an infinity where a number must be: a diverged training, or a damaged adapter. */
public class NonFiniteException extends PeftException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is not finite, where, and what to do
     */
    public NonFiniteException(String message) {
        super(message);
    }
}
