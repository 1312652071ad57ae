package org.peft4j.transformers.text.internal;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/** Cuts characters off the ends of a text. */
final class Strip {

    private Strip() {}

    static String right(String text) {
        return cut(text, PythonText::isSpace, false, true);
    }

    static String both(String text) {
        return cut(text, PythonText::isSpace, true, true);
    }

    /**
     * Python's {@code strip}, {@code lstrip} and {@code rstrip}.
     *
     * @param characters what to cut: a text's characters, or white space for none
     */
    static String cut(String text, Object characters, boolean left, boolean right, Budget budget) {
        budget.read(text.length());
        if (characters == None.NONE) {
            return cut(text, PythonText::isSpace, left, right);
        }
        String given = Values.requireText(characters);
        budget.read(16L * given.length());
        Set<Integer> set = new HashSet<>();
        given.codePoints().forEach(set::add);
        return cut(text, set::contains, left, right);
    }

    private static String cut(String text, IntPredicate strips, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && strips.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && start < end && strips.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }
}
