package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Map;

/**
 * How much one rendering may do. A unit is one evaluated node, one item of a list or sixteen
 * characters that an operation reads or writes, so that time is bounded by count and not by clock.
 * Memory is bounded by all that is ever made, so that nothing need be known of what is still held.
 */
final class Budget {

    /** The longest text that a template may make, in UTF-16 units. */
    static final int LONGEST = 1 << 23;

    private static final long MOST = 1L << 23;
    private static final long MOST_BYTES = 3L << 26;

    /** What an object takes, or a place in a list or dict. */
    private static final int ITEM_BYTES = 48;

    /** The deepest nesting of macro calls. */
    private static final int DEEPEST = 60;

    private long left = MOST;
    private long bytesLeft = MOST_BYTES;
    private int calls;

    void spend(long units) {
        left -= units;
        if (left < 0) {
            throw new JinjaException("the template does too much work");
        }
    }

    private void hold(long bytes) {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            throw new JinjaException("the template makes too much text and too many values");
        }
    }

    /** Pays for characters that are read. */
    void read(long characters) {
        spend(1 + characters / 16);
    }

    /** Pays for a text before it is made, and refuses it if it is too long. */
    void make(long characters) {
        requireLength(characters);
        read(characters);
        hold(2 * characters);
    }

    /** Pays for the items of a list or dict before it is made, and refuses too many. */
    void makeItems(long count) {
        requireLength(count);
        spend(1 + count);
        hold(ITEM_BYTES * (1 + count));
    }

    /** Pays for a value that was made of others. */
    <T> T pay(T value) {
        if (value instanceof String text) {
            make(text.length());
        } else if (value instanceof List<?> list) {
            makeItems(list.size());
        } else if (value instanceof Map<?, ?> map) {
            makeItems(map.size());
        } else {
            spend(1);
        }
        return value;
    }

    void enterCall() {
        if (++calls > DEEPEST) {
            throw new JinjaException("macros call each other too deeply");
        }
    }

    void leaveCall() {
        calls--;
    }

    /** Refuses a text or list before it is made. */
    static void requireLength(long length) {
        if (length > LONGEST) {
            throw new JinjaException("the template makes a value longer than " + LONGEST);
        }
    }
}
