package org.peft4j.transformers.text.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.transformers.text.internal.Token.Kind;

/** Cuts what stands in a tag into tokens; brackets that are open keep a tag from ending. */
final class TagLexer {

    private static final Pattern FLOAT =
            Pattern.compile(
                    "(\\d++_)*\\d+((\\.(\\d++_)*\\d+)?[eE][+-]?(\\d++_)*\\d+|\\.(\\d++_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile(
                    "0[bB](_?[01])++|0[oO](_?[0-7])++|0[xX](_?[\\da-fA-F])++|[1-9](_?\\d)*+|0(_?0)*+");
    private static final List<String> OPERATORS =
            List.of(
                    "==", "!=", "<=", ">=", "//", "**", "<", ">", "+", "-", "*", "/", "%", "~", "|",
                    ".", ",", ":", "(", ")", "[", "]", "{", "}", "=", ";");

    private final String source;
    private final boolean block;
    private final List<Token> tokens;
    private final Deque<Character> open = new ArrayDeque<>();
    private int at;
    private char mark = ' ';

    TagLexer(String source, int at, boolean block, List<Token> tokens) {
        this.source = source;
        this.at = at;
        this.block = block;
        this.tokens = tokens;
    }

    /** Reads the tag, and returns the index behind it. */
    int read() {
        while (at < source.length()) {
            if (open.isEmpty() && closes()) {
                tokens.add(new Token(block ? Kind.BLOCK_END : Kind.OUTPUT_END, ""));
                return at;
            }
            if (PythonText.isSpace(source.charAt(at))) {
                at++;
            } else {
                token();
            }
        }
        throw new JinjaException(
                "a tag is not closed"
                        + (open.isEmpty() ? "" : ", nor a '" + open.peek() + "' in it"));
    }

    /** Returns the mark before the end of the tag: {@code -}, {@code +} or a blank. */
    char closingMark() {
        return mark;
    }

    private boolean closes() {
        String end = block ? "%}" : "}}";
        char c = source.charAt(at);
        boolean marked = (c == '-' || (c == '+' && block)) && source.startsWith(end, at + 1);
        if (!marked && !source.startsWith(end, at)) {
            return false;
        }
        mark = marked ? c : ' ';
        at += marked ? 3 : 2;
        return true;
    }

    private void token() {
        char c = source.charAt(at);
        if (c >= '0' && c <= '9') {
            number();
        } else if (isWord(source.codePointAt(at))) {
            name();
        } else if (c == '"' || c == '\'') {
            StringLiteral literal = new StringLiteral(source, at);
            tokens.add(new Token(Kind.STRING, literal.value()));
            at = literal.end();
        } else {
            operator(c);
        }
    }

    private void number() {
        Matcher real = FLOAT.matcher(source).region(at, source.length());
        if (source.charAt(Math.max(at - 1, 0)) != '.' && real.lookingAt()) {
            add(Kind.FLOAT, real.group().replace("_", ""));
            at = real.end();
            return;
        }
        Matcher whole = INTEGER.matcher(source).region(at, source.length());
        if (whole.lookingAt()) {
            add(Kind.INTEGER, whole.group().replace("_", "").toLowerCase(Locale.ROOT));
            at = whole.end();
        }
    }

    private void name() {
        int start = at;
        while (at < source.length() && isWord(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        String name = source.substring(start, at);
        if (!PythonText.isIdentifier(name)) {
            throw new JinjaException("\"" + name + "\" is no name");
        }
        add(Kind.NAME, name);
    }

    private static boolean isWord(int c) {
        return c == '_' || PythonText.isAlphanumeric(c);
    }

    private void operator(char c) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                at += operator.length();
                balance(c);
                add(Kind.OPERATOR, operator);
                return;
            }
        }
        throw new JinjaException("unexpected '" + Character.toString(source.codePointAt(at)) + "'");
    }

    private void balance(char c) {
        if (c == '(' || c == '[' || c == '{') {
            open.push(c == '(' ? ')' : c == '[' ? ']' : '}');
        } else if ((c == ')' || c == ']' || c == '}') && (open.isEmpty() || open.pop() != c)) {
            throw new JinjaException("unexpected '" + c + "'");
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text));
    }
}
