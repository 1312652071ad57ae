package org.peft4j.transformers.text.internal;

/**
 * Python's {@code slice(start, stop, step).indices(length)}.
 *
 * @param start the first index
 * @param stop what they end before
 * @param step how far the indices are apart
 * @param count how many they are
 */
record Slice(int start, int stop, int step, int count) {

    static Slice of(int length, Object start, Object stop, Object step) {
        long by = step == None.NONE ? 1 : Values.whole(step);
        if (by == 0) {
            throw new JinjaException("the step of a slice is 0");
        }
        long from = bound(start, length, by, by > 0 ? 0 : length - 1);
        long to = bound(stop, length, by, by > 0 ? length : -1);
        long distance = by > 0 ? to - from : from - to;
        long width = by > 0 ? by : by == Long.MIN_VALUE ? Long.MAX_VALUE : -by;
        long count = distance <= 0 ? 0 : (distance - 1) / width + 1;
        int apart = (int) Math.max(-Integer.MAX_VALUE, Math.min(by, Integer.MAX_VALUE));
        return new Slice((int) from, (int) to, apart, (int) count);
    }

    private static long bound(Object value, int length, long step, long otherwise) {
        if (value == None.NONE) {
            return otherwise;
        }
        long index = Values.whole(value);
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? length : length - 1;
        return Math.max(low, Math.min(index < 0 ? index + length : index, high));
    }

    int at(int index) {
        return start + index * step;
    }

    /**
     * Cuts a text.
     *
     * @param length its code points
     */
    String of(String text, int length, Budget budget) {
        if (count == 0) {
            return "";
        }
        budget.make(2L * count);
        if (step == 1) {
            int begin = length == text.length() ? start : text.offsetByCodePoints(0, start);
            int end =
                    length == text.length() ? begin + count : text.offsetByCodePoints(begin, count);
            return text.substring(begin, end);
        }
        StringBuilder out = new StringBuilder();
        if (length == text.length()) {
            for (int i = 0; i < count; i++) {
                out.append(text.charAt(at(i)));
            }
            return out.toString();
        }
        budget.makeItems(length);
        int[] codePoints = text.codePoints().toArray();
        for (int i = 0; i < count; i++) {
            out.appendCodePoint(codePoints[at(i)]);
        }
        return out.toString();
    }
}
