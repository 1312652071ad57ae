package org.peft4j.core;

import org.jspecify.annotations.Nullable;

/**
 * What peft4j throws when the input, not the program, is at fault: a message that says what is
 * wrong, where, and how to mend it. Messages quote what files and users say, so a long one loses
 * its middle: logs and screens stay readable whatever the input.
 */
public class PeftException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 2000;

    /** The end usually says how to mend it. */
    private static final int KEPT_END = 500;

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

    private static String bounded(String message) {
        if (message.length() <= LONGEST) {
            return message;
        }
        String left = " … (%,d characters) … ".formatted(message.length() - LONGEST);
        int head = whole(message, LONGEST - KEPT_END - left.length());
        return message.substring(0, head)
                + left
                + message.substring(whole(message, message.length() - KEPT_END));
    }

    /** A place that does not part a surrogate pair. */
    private static int whole(String message, int index) {
        return Character.isLowSurrogate(message.charAt(index)) ? index - 1 : index;
    }
}
