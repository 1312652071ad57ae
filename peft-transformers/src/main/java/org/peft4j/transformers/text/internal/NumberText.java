package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads numbers as Python's {@code int} and {@code float} do. */
final class NumberText {

    private static final Pattern REAL =
            Pattern.compile(
                    "[+-]?(\\d++(_\\d++)*+\\.?(\\d++(_\\d++)*+)?|\\.\\d++(_\\d++)*+)([eE][+-]?\\d++(_\\d++)*+)?");
    private static final Pattern NOT_FINITE = Pattern.compile("[+-]?(inf|infinity|nan)");
    private static final int MOST_DIGITS = 4300;

    private NumberText() {}

    /** Returns a Double, or none. */
    static Object real(String given) {
        String text = digits(Strip.both(given));
        String lower = text.toLowerCase(Locale.ROOT);
        if (NOT_FINITE.matcher(lower).matches()) {
            return lower.endsWith("nan")
                    ? Double.NaN
                    : lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return REAL.matcher(text).matches()
                ? (Object) Double.valueOf(text.replace("_", ""))
                : None.NONE;
    }

    /**
     * Returns a whole number, or none.
     *
     * @param base of its digits; 0 for what its prefix says
     */
    static Object whole(String given, long base) {
        if (base != 0 && (base < 2 || base > 36)) {
            return None.NONE;
        }
        String text = digits(Strip.both(given));
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = (int) base;
        int prefixed = prefix(digits);
        if (prefixed != 0 && (radix == 0 || radix == prefixed)) {
            radix = prefixed;
            digits = digits.substring(2);
            digits = digits.startsWith("_") ? digits.substring(1) : digits;
        } else if (radix == 0) {
            radix = 10;
            if (digits.startsWith("0") && digits.chars().anyMatch(c -> c != '0' && c != '_')) {
                return None.NONE;
            }
        }
        if (digits.startsWith("_") || digits.endsWith("_") || digits.contains("__")) {
            return None.NONE;
        }
        String plain = digits.replace("_", "");
        int by = radix;
        boolean valid =
                !plain.isEmpty()
                        && plain.length() <= MOST_DIGITS
                        && plain.chars().allMatch(c -> c < 128 && Character.digit(c, by) >= 0);
        if (!valid) {
            return None.NONE;
        }
        BigInteger value = new BigInteger(plain, radix);
        return Numbers.whole(negative ? value.negate() : value);
    }

    private static int prefix(String digits) {
        if (digits.length() < 3 || digits.charAt(0) != '0') {
            return 0;
        }
        return switch (digits.charAt(1)) {
            case 'b', 'B' -> 2;
            case 'o', 'O' -> 8;
            case 'x', 'X' -> 16;
            default -> 0;
        };
    }

    /** Decimal digits of every script as ASCII ones. */
    private static String digits(String text) {
        if (text.chars().allMatch(c -> c < 128)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(
                        c ->
                                out.appendCodePoint(
                                        Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
        return out.toString();
    }
}
