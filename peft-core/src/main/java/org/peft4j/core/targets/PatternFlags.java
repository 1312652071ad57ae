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
        requireKnown(source, on);
        for (int i = 0; i < on.length(); i++) {
            flags = flags.with(on.charAt(i), true);
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
            requireKnown(source, off);
            for (int i = 0; i < off.length(); i++) {
                char flag = off.charAt(i);
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

    private static void requireKnown(PatternSource source, String flags) throws Malformed {
        for (int i = 0; i < flags.length(); i++) {
            if (KNOWN.indexOf(flags.charAt(i)) < 0) {
                throw source.malformed("there is no flag " + flags.charAt(i) + " for text");
            }
        }
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
