package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.transformers.text.internal.Token.Kind;

/**
 * Cuts a template into text and tags, with the white space that {@code trim_blocks}, {@code
 * lstrip_blocks} and the marks {@code -} and {@code +} leave.
 */
final class TemplateLexer {

    private static final Pattern RAW =
            Pattern.compile(
                    "\\{%[-+]?[\\s\\x1c-\\x1f\\x85\\p{Z}]*raw[\\s\\x1c-\\x1f\\x85\\p{Z}]*-?%\\}");
    private static final Pattern END_RAW =
            Pattern.compile(
                    "\\{%([-+]?)[\\s\\x1c-\\x1f\\x85\\p{Z}]*endraw[\\s\\x1c-\\x1f\\x85\\p{Z}]*([-+]?)%\\}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /** Whether what was read last ended a line, as the begin of the template does. */
    private boolean lineStarts = true;

    private TemplateLexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        TemplateLexer lexer = new TemplateLexer(normalized(template));
        while (lexer.at < lexer.source.length()) {
            lexer.next();
        }
        lexer.tokens.add(new Token(Kind.END, ""));
        return lexer.tokens;
    }

    /** One kind of line end, and none at the end. */
    private static String normalized(String template) {
        String unix = template.replace("\r\n", "\n").replace('\r', '\n');
        return unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    }

    /** Reads text and the tag behind it. */
    private void next() {
        int open = at;
        while (open < source.length() && !opens(open)) {
            int brace = source.indexOf('{', open + 1);
            open = brace < 0 ? source.length() : brace;
        }
        String text = source.substring(at, open);
        if (open == source.length()) {
            data(text);
            at = open;
            return;
        }
        char kind = source.charAt(open + 1);
        char mark = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
        data(before(text, mark, kind != '{'));
        Matcher raw = RAW.matcher(source).region(open, source.length());
        if (kind == '%' && raw.lookingAt()) {
            raw(raw.end(), source.charAt(raw.end() - 3) == '-');
            return;
        }
        at = open + (mark == '-' || mark == '+' ? 3 : 2);
        if (kind == '#') {
            comment();
        } else {
            tag(kind == '%');
        }
    }

    private boolean opens(int index) {
        return source.charAt(index) == '{'
                && index + 1 < source.length()
                && "{%#".indexOf(source.charAt(index + 1)) >= 0;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.DATA, text));
        }
    }

    /** What a tag leaves of the text before it. */
    private String before(String text, char mark, boolean block) {
        if (mark == '-') {
            return Strip.right(text);
        }
        int line = text.lastIndexOf('\n') + 1;
        boolean strips = block && mark != '+' && (line > 0 || lineStarts);
        return strips && Strip.right(text.substring(line)).isEmpty()
                ? text.substring(0, line)
                : text;
    }

    /** Skips what a tag eats of the text behind it. */
    private void behind(char mark, boolean trims) {
        if (mark == '-') {
            while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (trims && mark != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStarts = source.charAt(at - 1) == '\n';
    }

    private void raw(int begin, boolean strips) {
        at = begin;
        behind(strips ? '-' : ' ', false);
        Matcher end = END_RAW.matcher(source);
        if (!end.find(at)) {
            throw new JinjaException("a raw block is not closed");
        }
        String open = end.group(1);
        data(
                before(
                        source.substring(at, end.start()),
                        open.isEmpty() ? ' ' : open.charAt(0),
                        true));
        at = end.end();
        String close = end.group(2);
        behind(close.isEmpty() ? ' ' : close.charAt(0), true);
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw new JinjaException("a comment is not closed");
        }
        char mark = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        behind(mark, true);
    }

    private void tag(boolean block) {
        tokens.add(new Token(block ? Kind.BLOCK_BEGIN : Kind.OUTPUT_BEGIN, ""));
        TagLexer lexer = new TagLexer(source, at, block, tokens);
        at = lexer.read();
        behind(lexer.closingMark(), block);
    }
}
