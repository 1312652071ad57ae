package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Python's range.
 *
 * @param start its first number
 * @param stop what it ends before
 * @param step how far its numbers are apart, not 0
 */
record Range(long start, long stop, long step) {

    int size() {
        long distance = step > 0 ? stop - start : start - stop;
        long by = Math.abs(step);
        return distance <= 0 ? 0 : (int) Math.min((distance - 1) / by + 1, Integer.MAX_VALUE);
    }

    long get(int index) {
        return start + index * step;
    }

    List<Object> list() {
        return IntStream.range(0, size()).<Object>mapToObj(this::get).toList();
    }

    @Override
    public String toString() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
