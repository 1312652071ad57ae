package org.peft4j.transformers.text.internal;

import java.util.Locale;
import java.util.function.IntPredicate;

/** What characters are to Python, and how it writes text. */
final class PythonText {

    /** How far a sigma looks for letters around it. */
    private static final int SIGMA_SEES = 30;

    private PythonText() {}

    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static boolean isLineEnd(char c) {
        return (c >= '\n' && c <= '\r')
                || (c >= 0x1C && c <= 0x1E)
                || c == 0x85
                || c == 0x2028
                || c == 0x2029;
    }

    static boolean isDigit(int c) {
        return Character.isDigit(c) || CodePointRanges.isDigit(c);
    }

    static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER
                || CodePointRanges.isNumber(c);
    }

    static boolean isAlphanumeric(int c) {
        return Character.isLetter(c) || isNumeric(c);
    }

    static boolean isPrintable(int c) {
        return c == ' '
                || switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR ->
                            false;
                    case Character.UNASSIGNED -> CodePointRanges.isNewlyPrintable(c);
                    default -> true;
                };
    }

    static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && (text.charAt(0) == '_'
                        || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                && text.codePoints()
                        .allMatch(
                                c ->
                                        Character.isUnicodeIdentifierPart(c)
                                                && !Character.isIdentifierIgnorable(c));
    }

    static boolean all(String text, IntPredicate predicate) {
        return !text.isEmpty() && text.codePoints().allMatch(predicate);
    }

    /** Whether all letters with a case have this one, and there is one. */
    static boolean hasCase(String text, boolean upper) {
        boolean found = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean isUpper = Character.isUpperCase(c);
            boolean isLower = Character.isLowerCase(c);
            if (Character.isTitleCase(c) || (upper ? isLower : isUpper)) {
                return false;
            }
            found |= upper ? isUpper : isLower;
        }
        return found;
    }

    /** Whether every word begins with its only capital. */
    static boolean isTitle(String text) {
        boolean found = false;
        boolean inside = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
            boolean lower = Character.isLowerCase(c);
            if ((capital && inside) || (lower && !inside)) {
                return false;
            }
            inside = capital || lower;
            found |= inside;
        }
        return found;
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The lower case of one character, where a sigma's depends on those around it. */
    private static String lowerAt(String text, int at) {
        int c = text.codePointAt(at);
        if (c != 'Σ') {
            return lower(Character.toString(c));
        }
        String before = text.substring(Math.max(0, at - SIGMA_SEES), at);
        String behind = text.substring(at + 1, Math.min(text.length(), at + 1 + SIGMA_SEES));
        int index = lower(before).length();
        return lower(before + 'Σ' + behind).substring(index, index + 1);
    }

    /** Every run of letters with a case begins with a capital. */
    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (!inside) {
                out.append(capital(c));
            } else {
                out.append(lowerAt(text, i));
            }
            inside =
                    Character.isUpperCase(c)
                            || Character.isLowerCase(c)
                            || Character.isTitleCase(c);
            i = next;
        }
        return out.toString();
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return "";
        }
        int first = Character.charCount(text.codePointAt(0));
        String lower = lower(text);
        int prefix = lower(text.substring(0, first)).length();
        return capital(text.codePointAt(0)) + lower.substring(prefix);
    }

    /** A character as the first of a word. */
    private static String capital(int c) {
        String upper = upper(Character.toString(c));
        int title = Character.toTitleCase(c);
        if (title != c || upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(title);
        }
        int first = upper.offsetByCodePoints(0, 1);
        return Character.isLetter(upper.codePointAt(0)) && !isModifier(upper.codePointAt(0))
                ? upper.substring(0, first) + lower(upper.substring(first))
                : upper;
    }

    private static boolean isModifier(int c) {
        return Character.getType(c) == Character.MODIFIER_LETTER;
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            String one = Character.toString(c);
            if (Character.isUpperCase(c)) {
                out.append(lowerAt(text, i));
            } else {
                out.append(Character.isLowerCase(c) ? upper(one) : one);
            }
            i = next;
        }
        return out.toString();
    }

    /** Folds case as far as upper and then lower case do. */
    static String fold(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> fold(c, out));
        return out.toString();
    }

    private static void fold(int c, StringBuilder out) {
        boolean cherokee = (c >= 0x13A0 && c <= 0x13F5) || (c >= 0xAB70 && c <= 0xABBF);
        String one = Character.toString(c);
        String upper = c == 0x131 ? one : upper(one);
        if (cherokee || (c >= 0x13F8 && c <= 0x13FD)) {
            out.append(upper);
        } else {
            upper.codePoints().forEach(u -> out.append(lower(Character.toString(u))));
        }
    }

    /** Writes a text as {@code repr} does. */
    static void quote(String text, StringBuilder out) {
        char mark = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(mark);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == mark) {
                        out.append('\\').append(mark);
                    } else if ((c >= ' ' && c < 0x7F) || isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(escape(c));
                    }
                }
            }
        }
        out.append(mark);
    }

    static String escape(int c) {
        return c <= 0xFF
                ? String.format("\\x%02x", c)
                : String.format(c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c);
    }

    static String escapeHtml(String text) {
        return text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }
}
