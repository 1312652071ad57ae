package org.peft4j.transformers.text.internal;

import org.jspecify.annotations.Nullable;

/**
 * A part of a text, in UTF-16 units.
 *
 * @param start its first unit
 * @param end the unit behind it
 */
record TextRange(int start, int end) {

    /** The part between two code points as Python's methods count them; null if they cross. */
    static @Nullable TextRange of(String text, Object start, Object end) {
        if (start == None.NONE && end == None.NONE) {
            return new TextRange(0, text.length());
        }
        int length = text.codePointCount(0, text.length());
        long from = bound(start, length, 0);
        long to = Math.min(bound(end, length, length), length);
        if (from > to) {
            return null;
        }
        int first = text.offsetByCodePoints(0, (int) from);
        return new TextRange(first, text.offsetByCodePoints(first, (int) (to - from)));
    }

    private static long bound(Object value, int length, long otherwise) {
        if (value == None.NONE) {
            return otherwise;
        }
        long index = Values.whole(value);
        return index < 0 ? Math.max(0, index + length) : index;
    }
}
