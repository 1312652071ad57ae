package org.peft4j.transformers.text.internal;

/** A string in quotes, with Python's escapes; one that Python does not know stands for itself. */
final class StringLiteral {

    private final String source;
    private final StringBuilder text = new StringBuilder();
    private int at;

    /** Reads the string that begins at an index. */
    StringLiteral(String source, int start) {
        this.source = source;
        this.at = start + 1;
        char quote = source.charAt(start);
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\\' && at < source.length()) {
                escape();
            } else {
                text.append(c);
            }
        }
        if (at++ >= source.length()) {
            throw new JinjaException("a string is not closed: " + source.substring(start));
        }
    }

    String value() {
        return text.toString();
    }

    /** Returns the index behind the closing quote. */
    int end() {
        return at;
    }

    private void escape() {
        char c = source.charAt(at++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'a' -> text.append('\u0007');
            case 'v' -> text.append('\u000B');
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(c);
            case 'x' -> codePoint(2);
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            case 'N' -> named();
            default -> {
                if (c >= '0' && c <= '7') {
                    octal(c - '0');
                } else {
                    text.append('\\').append(c);
                }
            }
        }
    }

    private void octal(int first) {
        int value = first;
        for (int i = 0; i < 2 && at < source.length(); i++) {
            int digit = source.charAt(at) - '0';
            if (digit < 0 || digit > 7) {
                break;
            }
            value = value * 8 + digit;
            at++;
        }
        text.appendCodePoint(value);
    }

    private void codePoint(int digits) {
        int end = at + digits;
        int value = 0;
        for (; at < end; at++) {
            int digit = at < source.length() ? Character.digit(source.charAt(at), 16) : -1;
            if (digit < 0 || source.charAt(at) > 'f' || value >> 24 != 0) {
                throw new JinjaException("an escape of a string is cut short or too large");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT || (value >= 0xD800 && value <= 0xDFFF)) {
            throw new JinjaException(
                    "an escape of a string is no character; write one outside of the plane as \\U");
        }
        text.appendCodePoint(value);
    }

    private void named() {
        int close = source.indexOf('}', at);
        try {
            if (close > at && source.charAt(at) == '{') {
                text.appendCodePoint(Character.codePointOf(source.substring(at + 1, close)));
                at = close + 1;
                return;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new JinjaException("a string names a character that does not exist");
    }
}
