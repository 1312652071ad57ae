package org.peft4j.core.targets;

import org.peft4j.core.targets.PatternSource.Malformed;

/**
 * The inline flags of Python's {@code re} that matter to text.
 *
 * @param ignoreCase {@code i}
 * @param multiline {@code m}
 * @param dotAll {@code s}
 * @param verbose {@code x}
 * @param ascii {@code a}; {@code u} takes it back
 */
record PatternFlags(
        boolean ignoreCase, boolean multiline, boolean dotAll, boolean verbose, boolean ascii) {

    private static final String KNOWN = "imsxau";
    private static final String OF_KIND = "au";

    static final PatternFlags NONE = new PatternFlags(false, false, false, false, false);

    /**
     * Flags that were read.
     *
     * @param flags what holds from there on
     * @param global whether they stand for the whole expression
     */
    record Inline(PatternFlags flags, boolean global) {}

    /** Reads flags up to the colon or parenthesis that ends them. */
    Inline read(PatternSource source) throws Malformed {
        PatternFlags flags = this;
        String on = source.takeWhile(PatternFlags::isLetter, Integer.MAX_VALUE);
        for (char flag : known(source, on).toCharArray()) {
            flags = flags.with(flag, true);
        }
        if (on.indexOf('a') >= 0 && on.indexOf('u') >= 0) {
            throw source.malformed("the flags a and u exclude each other");
        }
        if (!on.isEmpty() && source.takeIf(')')) {
            return new Inline(flags, true);
        }
        if (source.takeIf('-')) {
            String off = source.takeWhile(PatternFlags::isLetter, Integer.MAX_VALUE);
            if (off.isEmpty()) {
                throw source.malformed("a flag is missing");
            }
            for (char flag : known(source, off).toCharArray()) {
                if (OF_KIND.indexOf(flag) >= 0 || on.indexOf(flag) >= 0) {
                    throw source.malformed("the flag " + flag + " cannot be turned off here");
                }
                flags = flags.with(flag, false);
            }
        }
        if (!source.takeIf(':')) {
            throw source.malformed("a : is missing after flags");
        }
        return new Inline(flags, false);
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static String known(PatternSource source, String flags) throws Malformed {
        for (char flag : flags.toCharArray()) {
            if (KNOWN.indexOf(flag) < 0) {
                throw source.malformed("there is no flag " + flag + " for text");
            }
        }
        return flags;
    }

    private PatternFlags with(char flag, boolean on) {
        return switch (flag) {
            case 'i' -> new PatternFlags(on, multiline, dotAll, verbose, ascii);
            case 'm' -> new PatternFlags(ignoreCase, on, dotAll, verbose, ascii);
            case 's' -> new PatternFlags(ignoreCase, multiline, on, verbose, ascii);
            case 'x' -> new PatternFlags(ignoreCase, multiline, dotAll, on, ascii);
            default -> new PatternFlags(ignoreCase, multiline, dotAll, verbose, flag == 'a');
        };
    }
}
