package org.peft4j.core.targets;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.targets.PatternSource.Malformed;

/** What a backslash makes of the characters behind it. */
final class PatternEscapes {

    private static final int HIGHEST_OCTAL = 0377;

    private final PatternSource source;

    PatternEscapes(PatternSource source) {
        this.source = source;
    }

    /** Returns the test that the escape of a kind of characters stands for, or null. */
    static @Nullable IntPredicate kind(int letter, boolean ascii) {
        return switch (letter) {
            case 'd' -> PatternCharacters.digit(ascii);
            case 'D' -> PatternCharacters.digit(ascii).negate();
            case 's' -> PatternCharacters.space(ascii);
            case 'S' -> PatternCharacters.space(ascii).negate();
            case 'w' -> PatternCharacters.word(ascii);
            case 'W' -> PatternCharacters.word(ascii).negate();
            default -> null;
        };
    }

    /** Returns the place that an escape stands for, or null. */
    static @Nullable PatternEdge edge(int letter, boolean ascii) {
        return switch (letter) {
            case 'A' -> PatternEdge.TEXT_START;
            case 'Z' -> PatternEdge.TEXT_END;
            case 'b' -> ascii ? PatternEdge.ASCII_WORD_EDGE : PatternEdge.WORD_EDGE;
            case 'B' -> ascii ? PatternEdge.NO_ASCII_WORD_EDGE : PatternEdge.NO_WORD_EDGE;
            default -> null;
        };
    }

    /**
     * Reads an escape inside a set, which is one character.
     *
     * @param letter what stood behind the backslash
     */
    int inSet(int letter) throws Malformed {
        if (letter == 'b') {
            return '\b';
        }
        if (isOctal(letter)) {
            return octal(letter - '0', 2);
        }
        return character(letter);
    }

    /**
     * Reads an escape of digits outside a set.
     *
     * @param digit the first one
     * @return the character, or minus the number of the group that is meant
     */
    int digits(int digit) throws Malformed {
        if (digit == '0') {
            return octal(0, 2);
        }
        int number = digit - '0';
        if (isDigit(source.peek())) {
            int second = source.take();
            if (isOctal(digit) && isOctal(second) && isOctal(source.peek())) {
                return octal(number * 8 + second - '0', 1);
            }
            number = number * 10 + second - '0';
        }
        return -number;
    }

    private int octal(int start, int most) throws Malformed {
        int value = start;
        String digits = source.takeWhile(PatternEscapes::isOctal, most);
        for (int i = 0; i < digits.length(); i++) {
            value = value * 8 + digits.charAt(i) - '0';
        }
        if (value > HIGHEST_OCTAL) {
            throw source.malformed("an octal escape ends at \\377");
        }
        return value;
    }

    /** Reads the escape of one character. */
    int character(int letter) throws Malformed {
        return switch (letter) {
            case 'a' -> 7;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 11;
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 'N' -> named();
            case PatternSource.END -> throw source.malformed("a \\ ends it");
            default -> itself(letter);
        };
    }

    private int itself(int letter) throws Malformed {
        if (letter < 128 && Character.isLetterOrDigit(letter)) {
            throw source.malformed("\\" + Character.toString(letter) + " has no meaning in Python");
        }
        return letter;
    }

    private int hex(int digits) throws Malformed {
        String hex = source.takeWhile(PatternEscapes::isHex, digits);
        if (hex.length() < digits) {
            throw source.malformed("an escape is incomplete");
        }
        long value = Long.parseLong(hex, 16);
        if (value > Character.MAX_CODE_POINT) {
            throw source.malformed("there is no such character");
        }
        return (int) value;
    }

    private int named() throws Malformed {
        if (!source.takeIf('{')) {
            throw source.malformed("a { is missing");
        }
        String name = source.takeUntil('}');
        try {
            return Character.codePointOf(name);
        } catch (IllegalArgumentException e) {
            throw source.malformed("there is no such character");
        }
    }

    private static boolean isHex(int c) {
        return c < 128 && Character.digit(c, 16) >= 0;
    }

    static boolean isOctal(int c) {
        return c >= '0' && c <= '7';
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
