package org.peft4j.core.targets;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.targets.PatternSource.Malformed;

/**
 * How often something is repeated.
 *
 * @param min at least
 * @param max at most, {@link PatternNode#UNBOUNDED} for any number
 */
record PatternCount(long min, long max) {

    private static final BigInteger LIMIT = BigInteger.valueOf(PatternNode.UNBOUNDED);

    /** Reads a count whose first character has been taken; returns null if it starts none. */
    static @Nullable PatternCount read(PatternSource source, int first) throws Malformed {
        return switch (first) {
            case '?' -> new PatternCount(0, 1);
            case '*' -> new PatternCount(0, PatternNode.UNBOUNDED);
            case '+' -> new PatternCount(1, PatternNode.UNBOUNDED);
            case '{' -> braces(source);
            default -> null;
        };
    }

    /** A brace that starts no count stands for itself. */
    private static @Nullable PatternCount braces(PatternSource source) throws Malformed {
        int start = source.place();
        String low = source.takeWhile(PatternEscapes::isDigit, Integer.MAX_VALUE);
        boolean range = source.takeIf(',');
        String high = range ? source.takeWhile(PatternEscapes::isDigit, Integer.MAX_VALUE) : low;
        if (!source.takeIf('}') || (low.isEmpty() && !range)) {
            source.back(start);
            return null;
        }
        long min = low.isEmpty() ? 0 : number(source, low);
        long max = high.isEmpty() ? PatternNode.UNBOUNDED : number(source, high);
        if (max < min) {
            throw source.malformed("a repetition has its highest count below its lowest");
        }
        return new PatternCount(min, max);
    }

    private static long number(PatternSource source, String digits) throws Malformed {
        if (digits.length() > 100 || new BigInteger(digits).compareTo(LIMIT) >= 0) {
            throw source.malformed("a repetition has too high a count");
        }
        return Long.parseLong(digits);
    }

    /** Reads which counts are tried first. */
    PatternRepeat.Order order(PatternSource source) {
        if (source.takeIf('?')) {
            return PatternRepeat.Order.LAZY;
        }
        return source.takeIf('+') ? PatternRepeat.Order.POSSESSIVE : PatternRepeat.Order.GREEDY;
    }
}
