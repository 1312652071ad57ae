package org.peft4j.transformers.text.internal;

import java.util.List;
import org.peft4j.transformers.text.internal.Token.Kind;

/** The tokens of a template, from where a parser is. */
final class Tokens {

    /** The deepest nesting: deeper ones would exhaust the stack. */
    private static final int DEEPEST = 100;

    private final List<Token> tokens;
    private int at;
    private int depth;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        return tokens.get(peek().kind() == Kind.END ? at : at++);
    }

    boolean accept(String operator) {
        boolean found = peek().is(operator);
        at += found ? 1 : 0;
        return found;
    }

    boolean acceptName(String name) {
        boolean found = peek().isName(name);
        at += found ? 1 : 0;
        return found;
    }

    void expect(String operator) {
        if (!accept(operator)) {
            throw unexpected();
        }
    }

    void expect(Kind kind) {
        if (peek().kind() != kind) {
            throw unexpected();
        }
        next();
    }

    String name() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected();
        }
        return next().text();
    }

    void enter() {
        if (++depth > DEEPEST) {
            throw new JinjaException("a template is nested too deeply");
        }
    }

    void leave() {
        depth--;
    }

    JinjaException unexpected() {
        Token token = peek();
        return new JinjaException(
                switch (token.kind()) {
                    case END -> "unexpected end of the template";
                    case OUTPUT_END, BLOCK_END -> "unexpected end of a tag";
                    case STRING -> "unexpected text \"" + token.text() + "\"";
                    default -> "unexpected '" + token.text() + "'";
                });
    }
}
