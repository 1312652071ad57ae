package org.peft4j.train.metrics;

import java.util.ArrayDeque;
import java.util.Deque;

/** Measures tokens a second over the last few steps, so that it follows changes. */
public final class ThroughputMeter {

    private final int window;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private long tokens;

    private record Mark(long nanos, long tokens) {}

    /**
     * Starts measuring.
     *
     * @param window how many steps count
     * @param nanos the time now, as {@link System#nanoTime} gives it
     */
    public ThroughputMeter(int window, long nanos) {
        this.window = window;
        marks.add(new Mark(nanos, 0));
    }

    /**
     * Counts a step.
     *
     * @param stepTokens its tokens
     * @param nanos the time now, as {@link System#nanoTime} gives it
     * @return tokens a second over the last steps
     */
    public double add(long stepTokens, long nanos) {
        tokens += stepTokens;
        marks.addLast(new Mark(nanos, tokens));
        if (marks.size() > window + 1) {
            marks.removeFirst();
        }
        Mark first = marks.getFirst();
        return (tokens - first.tokens()) / (Math.max(1, nanos - first.nanos()) / 1e9);
    }
}
