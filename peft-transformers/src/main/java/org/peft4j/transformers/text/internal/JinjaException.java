package org.peft4j.transformers.text.internal;

/** A template that is wrong, that refuses its input, or that does too much. */
public final class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The longest message: what a template quotes or raises may have any length. */
    private static final int LONGEST = 500;

    private final boolean raised;

    private JinjaException(String message, boolean raised) {
        super(message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message);
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
