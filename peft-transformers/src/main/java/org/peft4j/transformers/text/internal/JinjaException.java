package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.interpret.InterpretException;

/** A template that is wrong, that refuses its input, or that does too much. */
public final class JinjaException extends InterpretException {

    private static final long serialVersionUID = 1L;

    private final boolean raised;

    private JinjaException(String message, boolean raised) {
        super(message);
        this.raised = raised;
    }

    JinjaException(String message) {
        this(message, false);
    }

    /** What {@code raise_exception} throws. */
    static JinjaException raised(String message) {
        return new JinjaException(message, true);
    }

    /** Returns whether the template itself refused its input. */
    public boolean isRaised() {
        return raised;
    }
}
