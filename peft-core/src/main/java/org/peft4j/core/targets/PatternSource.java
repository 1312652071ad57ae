package org.peft4j.core.targets;

import java.util.function.IntPredicate;

/** The spelling of a regular expression, read from the left. */
final class PatternSource {

    static final int END = -1;

    private final int[] characters;
    private int next;

    /** Thrown where a spelling means nothing. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String problem) {
            super(problem, null, false, false);
        }
    }

    PatternSource(String source) {
        characters = source.codePoints().toArray();
    }

    /** Returns the next character without taking it, or {@link #END}. */
    int peek() {
        return next < characters.length ? characters[next] : END;
    }

    /** Takes the next character. */
    int take() {
        return next < characters.length ? characters[next++] : END;
    }

    /** Takes the next character if it is this one. */
    boolean takeIf(char wanted) {
        boolean matches = peek() == wanted;
        next += matches ? 1 : 0;
        return matches;
    }

    int place() {
        return next;
    }

    void back(int place) {
        next = place;
    }

    /** Takes characters while they pass, but no more than some. */
    String takeWhile(IntPredicate test, int most) {
        StringBuilder taken = new StringBuilder();
        while (peek() != END && test.test(peek()) && taken.length() < most) {
            taken.appendCodePoint(take());
        }
        return taken.toString();
    }

    /** Takes what stands before a character, which must come, and the character. */
    String takeUntil(char end) throws Malformed {
        String taken = takeWhile(c -> c != end, Integer.MAX_VALUE);
        if (take() == END) {
            throw malformed("a " + end + " is missing");
        }
        if (taken.isEmpty()) {
            throw malformed("a name is missing");
        }
        return taken;
    }

    /** Makes the error for what was read last. */
    Malformed malformed(String problem) {
        return new Malformed(problem + ", at character " + next);
    }
}
