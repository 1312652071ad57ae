package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;

/** Cuts an expression into tokens. */
final class Lexer {

    enum Kind {
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    /** One token; a string's text is what it means, without quotes and escapes. */
    record Token(Kind kind, String text) {
        boolean is(String operator) {
            return kind == Kind.OPERATOR && text.equals(operator);
        }

        boolean isName(String name) {
            return kind == Kind.NAME && text.equals(name);
        }
    }

    private static final List<String> OPERATORS =
            List.of(
                    "==", "!=", "<=", ">=", "//", "**", "<", ">", "+", "-", "*", "/", "%", "~", "|",
                    ".", ",", ":", "(", ")", "[", "]", "{", "}", "=");

    private final String source;
    private int at;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
        } while (token.kind() != Kind.END);
        return tokens;
    }

    private Token next() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
        if (at == source.length()) {
            return new Token(Kind.END, "");
        }
        char c = source.charAt(at);
        if (Character.isJavaIdentifierStart(c) && c != '$') {
            int start = at;
            while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
                at++;
            }
            return new Token(Kind.NAME, source.substring(start, at));
        }
        if (c >= '0' && c <= '9') {
            return number();
        }
        if (c == '"' || c == '\'') {
            return new Token(Kind.STRING, string(c));
        }
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                at += operator.length();
                return new Token(Kind.OPERATOR, operator);
            }
        }
        throw new JinjaException("unexpected '" + c + "' in \"" + source.strip() + "\"");
    }

    private Token number() {
        int start = at;
        digits();
        boolean item = start > 0 && source.charAt(start - 1) == '.';
        boolean fraction =
                !item && at + 1 < source.length() && source.charAt(at) == '.' && isDigit(at + 1);
        if (fraction) {
            at++;
            digits();
        }
        boolean exponent =
                at < source.length()
                        && "eE".indexOf(source.charAt(at)) >= 0
                        && (isDigit(at + 1)
                                || (at + 1 < source.length()
                                        && "+-".indexOf(source.charAt(at + 1)) >= 0
                                        && isDigit(at + 2)));
        if (exponent) {
            at += 2;
            digits();
        }
        return new Token(
                fraction || exponent ? Kind.FLOAT : Kind.INTEGER,
                source.substring(start, at).replace("_", ""));
    }

    private void digits() {
        while (isDigit(at) || (at < source.length() && source.charAt(at) == '_')) {
            at++;
        }
    }

    private boolean isDigit(int index) {
        return index < source.length()
                && source.charAt(index) >= '0'
                && source.charAt(index) <= '9';
    }

    private String string(char quote) {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\\' && at < source.length()) {
                escape(text);
            } else {
                text.append(c);
            }
        }
        if (at == source.length()) {
            throw new JinjaException("a string does not end in \"" + source.strip() + "\"");
        }
        at++;
        return text.toString();
    }

    /** Python's escapes; one that Python does not know stands for itself. */
    private void escape(StringBuilder text) {
        char c = source.charAt(at++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'a' -> text.append('\u0007');
            case 'v' -> text.append('\u000B');
            case '0' -> text.append('\0');
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(c);
            case 'x' -> codePoint(text, c, 2);
            case 'u' -> codePoint(text, c, 4);
            case 'U' -> codePoint(text, c, 8);
            default -> text.append('\\').append(c);
        }
    }

    private void codePoint(StringBuilder text, char kind, int digits) {
        try {
            int codePoint = Integer.parseUnsignedInt(source, at, at + digits, 16);
            text.appendCodePoint(codePoint);
            at += digits;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new JinjaException("the escape \\" + kind + " is cut short or too large");
        }
    }
}
