package org.peft4j.core.files;

import java.nio.charset.StandardCharsets;

/**
 * The numbers that Python's json writes and reads although JSON has none of them: NaN, Infinity and
 * -Infinity. They are replaced by numbers that JSON does have.
 */
final class PythonConstants {

    /** Stands for NaN: a zero that nobody writes. */
    static final String NAN = "-0e-87178291199";

    private static final String INFINITY = "1e999";

    private final byte[] text;
    private final StringBuilder replaced = new StringBuilder();
    private int copied;

    private PythonConstants(byte[] text) {
        this.text = text;
    }

    /** Returns the text with such numbers replaced; the same array where there are none. */
    static byte[] replace(byte[] utf8) {
        return new PythonConstants(utf8).replace();
    }

    private byte[] replace() {
        boolean quoted = false;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '"') {
                quoted = !quoted;
            } else if (quoted && text[i] == '\\') {
                i++;
            } else if (!quoted && (isWord(i, "NaN") || isWord(i, "Infinity"))) {
                boolean number = text[i] == 'N';
                put(i, number ? NAN : INFINITY);
                copied = i + (number ? "NaN" : "Infinity").length();
                i = copied - 1;
            }
        }
        if (copied == 0) {
            return text;
        }
        put(text.length, "");
        return replaced.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Copies what is before, byte by byte, and appends. */
    private void put(int end, String number) {
        replaced.append(new String(text, copied, end - copied, StandardCharsets.ISO_8859_1));
        replaced.append(number);
    }

    /** Whether a word begins here that neither follows nor precedes a letter. */
    private boolean isWord(int start, String word) {
        int end = start + word.length();
        if (end > text.length || isPartOfWord(start - 1) || isPartOfWord(end)) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[start + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean isPartOfWord(int i) {
        return i >= 0 && i < text.length && (text[i] < 0 || Character.isLetterOrDigit(text[i]));
    }
}
