package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.tree.parse.NoteToken;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.tree.parse.TextToken;
import com.hubspot.jinjava.tree.parse.Token;
import com.hubspot.jinjava.tree.parse.TokenScanner;
import com.hubspot.jinjava.tree.parse.UnclosedToken;

/**
 * Applies whitespace control as Jinja2 does with {@code trim_blocks} and {@code lstrip_blocks}, on
 * the tokens of the library's own scanner. The library's way strips blanks before a block even when
 * it does not begin its line.
 */
final class Whitespace {

    private final StringBuilder out = new StringBuilder();

    /** Whether the text before ended a line, as the begin of the template does. */
    private boolean lineStarts = true;

    /** Whether the tag before eats all white space behind it. */
    private boolean strips;

    /** Whether the tag before eats the line's end behind it. */
    private boolean trims;

    private Whitespace() {}

    /** Returns the template with all white space decided, and no marks for it. */
    static String apply(String template, JinjavaConfig config) {
        Whitespace whitespace = new Whitespace();
        TokenScanner scanner = new TokenScanner(normalized(template), config);
        String text = "";
        while (scanner.hasNext()) {
            Token token = scanner.next();
            if (token instanceof UnclosedToken) {
                throw new JinjaException("a tag is not closed: " + token.getImage());
            }
            if (token instanceof TextToken) {
                text += token.getImage();
            } else {
                whitespace.text(text, token);
                whitespace.tag(token);
                text = "";
            }
        }
        whitespace.out.append(whitespace.begun(text));
        return whitespace.out.toString();
    }

    /** One kind of line end, and none at the end. */
    private static String normalized(String template) {
        String unix = template.replace("\r\n", "\n").replace('\r', '\n');
        return unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    }

    /** Removes from a text's begin what the tag before it eats. */
    private String begun(String text) {
        String rest = text;
        if (strips) {
            rest = Methods.strip(text, Arguments.NONE, true, false);
        } else if (trims && text.startsWith("\n")) {
            rest = text.substring(1);
        }
        int eaten = text.length() - rest.length();
        lineStarts = eaten > 0 ? text.charAt(eaten - 1) == '\n' : lineStarts;
        return rest;
    }

    private void text(String text, Token next) {
        String begun = begun(text);
        char mark = next.getImage().length() > 4 ? next.getImage().charAt(2) : ' ';
        int line = begun.lastIndexOf('\n') + 1;
        boolean block = next instanceof TagToken || next instanceof NoteToken;
        if (mark == '-') {
            begun = Methods.strip(begun, Arguments.NONE, false, true);
        } else if (block
                && mark != '+'
                && (line > 0 || lineStarts)
                && begun.substring(line).isBlank()) {
            begun = begun.substring(0, line);
        }
        boolean raw = next instanceof TagToken tag && tag.getTagName().equals("endraw");
        out.append(raw ? begun : apart(begun));
    }

    /** A brace that now touches the tag behind it would make it another tag. */
    private static String apart(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '{') {
            end--;
        }
        return text.substring(0, end) + "{{ '{' }}".repeat(text.length() - end);
    }

    private void tag(Token token) {
        String image = token.getImage();
        String inner = image.length() < 4 ? "" : image.substring(2, image.length() - 2);
        boolean comment = token instanceof NoteToken;
        if (inner.startsWith("-") || inner.startsWith("+")) {
            inner = inner.substring(1);
        }
        strips = inner.endsWith("-");
        boolean keeps = inner.endsWith("+");
        if (strips || keeps) {
            inner = inner.substring(0, inner.length() - 1);
        }
        boolean raw = token instanceof TagToken tag && tag.getTagName().equals("raw");
        trims = (token instanceof TagToken || comment) && !keeps && !raw;
        lineStarts = false;
        if (comment) {
            out.append("{# #}");
        } else {
            String kind = token instanceof TagToken ? "%" : "";
            out.append(kind.isEmpty() ? "{{ " : "{% ")
                    .append(inner)
                    .append(kind.isEmpty() ? " }}" : " %}");
        }
    }
}
