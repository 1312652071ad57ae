package org.peft4j.transformers.text.internal;

import java.util.List;

/**
 * How much one rendering may do. A unit is one evaluated node, one item of a list or sixteen
 * characters that an operation reads or writes, so that time is bounded by count and not by clock.
 */
final class Budget {

    /** The longest text that a template may make, in UTF-16 units. */
    static final int LONGEST = 1 << 24;

    private static final long MOST = 1L << 24;

    private long left = MOST;

    void spend(long units) {
        left -= units;
        if (left < 0) {
            throw new JinjaException("the template does too much work");
        }
    }

    /** Pays for a value that was made, and refuses it if it is too long. */
    Object pay(Object value) {
        long size = value instanceof List<?> list ? list.size() : 0;
        requireLength(size);
        spend(1 + size);
        if (value instanceof String text) {
            read(text.length());
        }
        return value;
    }

    /** Pays for characters that are read or written, and refuses too many at once. */
    void read(long characters) {
        requireLength(characters);
        spend(characters / 16);
    }

    /** Refuses a text or list before it is made. */
    static void requireLength(long length) {
        if (length > LONGEST) {
            throw new JinjaException("the template makes a value longer than " + LONGEST);
        }
    }
}
