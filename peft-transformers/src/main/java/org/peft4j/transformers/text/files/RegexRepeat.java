package org.peft4j.transformers.text.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How often a part of a regular expression is repeated.
 *
 * @param most the most times, infinite if there is no limit
 * @param braces whether it is written in braces
 * @param end where the expression goes on
 */
record RegexRepeat(int least, double most, boolean braces, int end) {

    private static final Pattern BRACES = Pattern.compile("\\{(\\d{0,6})(,?)(\\d{0,6})\\}");

    /** Returns the repeat that is written at a place, or null if none is. */
    static @Nullable RegexRepeat at(String text, int at) {
        return switch (text.charAt(at)) {
            case '?' -> new RegexRepeat(0, 1, false, at + 1);
            case '*' -> new RegexRepeat(0, Double.POSITIVE_INFINITY, false, at + 1);
            case '+' -> new RegexRepeat(1, Double.POSITIVE_INFINITY, false, at + 1);
            case '{' -> braces(text, at);
            default -> null;
        };
    }

    /** Braces that are no repeat stand for themselves. */
    private static @Nullable RegexRepeat braces(String text, int at) {
        Matcher found = BRACES.matcher(text).region(at, text.length());
        if (!found.lookingAt() || (found.group(1).isEmpty() && found.group(3).isEmpty())) {
            return null;
        }
        int least = found.group(1).isEmpty() ? 0 : Integer.parseInt(found.group(1));
        double most = least;
        if (!found.group(2).isEmpty()) {
            most =
                    found.group(3).isEmpty()
                            ? Double.POSITIVE_INFINITY
                            : Integer.parseInt(found.group(3));
        }
        return new RegexRepeat(
                (int) Math.min(least, most), Math.max(least, most), true, found.end());
    }
}
