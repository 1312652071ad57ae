package org.peft4j.core.targets;

import java.util.List;
import java.util.function.IntPredicate;

/** Which characters a part of a regular expression takes. */
final class PatternCharacters {

    private PatternCharacters() {}

    static IntPredicate digit(boolean ascii) {
        return ascii ? c -> c >= '0' && c <= '9' : Character::isDigit;
    }

    static IntPredicate word(boolean ascii) {
        return c ->
                c < 128 ? c == '_' || Character.isLetterOrDigit(c) : !ascii && isLetterOrNumber(c);
    }

    private static boolean isLetterOrNumber(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    static IntPredicate space(boolean ascii) {
        return c ->
                c == ' '
                        || (c >= '\t' && c <= '\r')
                        || (!ascii
                                && ((c >= 0x1c && c <= 0x1f)
                                        || c == 0x85
                                        || Character.isSpaceChar(c)));
    }

    /** Returns the test for one character. */
    static IntPredicate literal(int character, boolean ignoresCase) {
        return ignoresCase ? c -> c == character || sameLetter(c, character) : c -> c == character;
    }

    /** Returns the test for characters between two, both included. */
    static IntPredicate range(int first, int last, boolean ignoresCase) {
        IntPredicate within = c -> c >= first && c <= last;
        return ignoresCase
                ? c ->
                        within.test(c)
                                || within.test(Character.toLowerCase(c))
                                || within.test(Character.toUpperCase(c))
                : within;
    }

    /** Returns the test that characters pass which pass any of some, or none of them. */
    static IntPredicate set(List<IntPredicate> tests, boolean negated) {
        List<IntPredicate> copy = List.copyOf(tests);
        return c -> negated != copy.stream().anyMatch(test -> test.test(c));
    }

    /** Returns whether two characters differ at most in case. */
    static boolean sameLetter(int one, int other) {
        return Character.toLowerCase(one) == Character.toLowerCase(other)
                || Character.toUpperCase(one) == Character.toUpperCase(other);
    }
}
