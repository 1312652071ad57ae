package org.peft4j.core.targets;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One run of an expression over a text. Steps are counted, because expressions come from files and
 * may try without end.
 */
final class PatternRun {

    private static final int MOST_STEPS = 300_000;
    private static final int DEEPEST = 3_000;

    private final int[] text;
    private @Nullable Span[] taken;
    private int steps;
    private int depth;

    /** Part of the text, from one place to before another. */
    record Span(int start, int end) {
        int length() {
            return end - start;
        }
    }

    /** What the groups had taken at some time. */
    static final class Groups {
        private final @Nullable Span[] taken;

        private Groups(@Nullable Span[] taken) {
            this.taken = taken;
        }
    }

    /** Thrown where an expression takes more steps than any useful one. */
    static final class OutOfSteps extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    PatternRun(String text, int groups) {
        this.text = text.codePoints().toArray();
        this.taken = new Span[groups + 1];
    }

    /** Counts a step. */
    void step() {
        if (++steps > MOST_STEPS) {
            throw new OutOfSteps();
        }
    }

    /** Matches a part within the limits of a run. */
    boolean match(PatternNode part, int at, PatternNode.Rest rest) {
        step();
        if (++depth > DEEPEST) {
            throw new OutOfSteps();
        }
        boolean matches = part.match(this, at, rest);
        depth--;
        return matches;
    }

    int length() {
        return text.length;
    }

    /** Returns whether there is a character at a place and it passes. */
    boolean passes(int at, IntPredicate test) {
        return at >= 0 && at < text.length && test.test(text[at]);
    }

    /** Returns whether a part of the text stands at a place once more. */
    boolean repeats(Span span, int at, boolean ignoresCase) {
        if (at + span.length() > text.length) {
            return false;
        }
        for (int i = 0; i < span.length(); i++) {
            step();
            int one = text[span.start() + i];
            int other = text[at + i];
            if (one != other && !(ignoresCase && PatternCharacters.sameLetter(one, other))) {
                return false;
            }
        }
        return true;
    }

    @Nullable Span taken(int group) {
        return taken[group];
    }

    void take(int group, @Nullable Span span) {
        taken[group] = span;
    }

    Groups groups() {
        return new Groups(taken.clone());
    }

    void restore(Groups before) {
        taken = before.taken.clone();
    }

    /** Returns what a group took, or null. */
    @Nullable String text(int group) {
        @Nullable Span span = taken[group];
        return span == null
                ? null
                : new String(Arrays.copyOf(text, span.end()), span.start(), span.length());
    }
}
