package org.peft4j.transformers.text.files;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions in Oniguruma's Ruby syntax, for their structure alone. What no
 * tokenizer uses and what makes a search unbounded is refused: back references, calls of groups,
 * conditions, callouts, absent operators and what moves the start of a match.
 */
final class RegexParser {

    private static final int DEEPEST = 50;
    private static final String REFUSED = "123456789kgKGcCM";

    private final String text;
    private int at;
    private int depth;
    private boolean lookBehind;

    private RegexParser(String text) {
        this.text = text;
    }

    static Regex parse(String text) throws BadRegexException {
        RegexParser parser = new RegexParser(text);
        RegexNode node = parser.choice();
        if (parser.at < text.length()) {
            throw parser.bad("has a closing parenthesis too many");
        }
        return new Regex(text, node);
    }

    private RegexNode choice() throws BadRegexException {
        if (++depth > DEEPEST) {
            throw bad("has groups nested more than " + DEEPEST + " deep");
        }
        List<RegexNode> parts = new ArrayList<>();
        do {
            parts.add(chain());
        } while (take("|"));
        depth--;
        return parts.size() == 1 ? parts.get(0) : new RegexNode.Choice(parts);
    }

    private RegexNode chain() throws BadRegexException {
        List<RegexNode> parts = new ArrayList<>();
        while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
            parts.add(repeated(single()));
        }
        return new RegexNode.Chain(parts);
    }

    private RegexNode repeated(RegexNode part) throws BadRegexException {
        RegexNode repeated = part;
        int times = 0;
        while (at < text.length()) {
            RegexRepeat repeat = RegexRepeat.at(text, at);
            if (repeat == null) {
                break;
            }
            if (++times > 3) {
                throw bad("has more than three repeats of one part");
            }
            at = repeat.end();
            if (lookBehind && repeat.most() > DEEPEST) {
                throw bad("looks behind for something without a limit");
            }
            repeated = new RegexNode.Repeat(repeated, repeat.least(), repeat.most());
            if (!repeat.braces() && take("+")) {
                repeated = new RegexNode.Atomic(repeated, true);
            } else if (!repeat.braces() || repeat.most() > repeat.least()) {
                take("?");
            }
        }
        return repeated;
    }

    private RegexNode single() throws BadRegexException {
        char c = text.charAt(at++);
        return switch (c) {
            case '(' -> group();
            case '[' -> {
                characters();
                yield new RegexNode.Single(1);
            }
            case '\\' -> escape();
            case '^', '$' -> new RegexNode.Single(0);
            default -> {
                if (Character.isHighSurrogate(c) && at < text.length()) {
                    at++;
                }
                yield new RegexNode.Single(1);
            }
        };
    }

    private RegexNode group() throws BadRegexException {
        if (take("*") || take("?~") || take("?(") || take("?{")) {
            throw bad("has a condition, a callout or an absent operator");
        }
        if (take("?#")) {
            skipTo(')');
            return new RegexNode.Chain(List.of());
        }
        if (take("?=") || take("?!")) {
            return new RegexNode.Atomic(body(lookBehind), false);
        }
        if (take("?<=") || take("?<!")) {
            return new RegexNode.Atomic(body(true), false);
        }
        if (take("?>")) {
            return new RegexNode.Atomic(body(lookBehind), true);
        }
        if (take("?<")) {
            skipTo('>');
        } else if (take("?'")) {
            skipTo('\'');
        } else if (take("?")) {
            while (at < text.length() && "imxaWDSPy{g}-".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            if (take(")")) {
                return new RegexNode.Chain(List.of());
            }
            if (!take(":")) {
                throw bad("has a group of a kind that is not known here");
            }
        }
        return body(lookBehind);
    }

    private RegexNode body(boolean behind) throws BadRegexException {
        boolean outer = lookBehind;
        lookBehind = behind;
        RegexNode body = choice();
        lookBehind = outer;
        if (!take(")")) {
            throw bad("has a group that does not end");
        }
        return body;
    }

    /** A class of characters, which may hold others. */
    private void characters() throws BadRegexException {
        if (++depth > DEEPEST) {
            throw bad("has classes nested more than " + DEEPEST + " deep");
        }
        take("^");
        if (at < text.length() && text.charAt(at) == ']') {
            throw bad("has a class that begins with a closing bracket");
        }
        while (!take("]")) {
            if (at >= text.length()) {
                throw bad("has a class that does not end");
            }
            char c = text.charAt(at++);
            if (c == '\\') {
                escape();
            } else if (c == '[') {
                characters();
            }
        }
        depth--;
    }

    private RegexNode escape() throws BadRegexException {
        if (at >= text.length()) {
            throw bad("ends with a backslash");
        }
        char c = text.charAt(at++);
        if (REFUSED.indexOf(c) >= 0) {
            throw bad("has the escape \\" + c + ", which is not allowed here");
        }
        if ("pPxo".indexOf(c) >= 0 && take("{")) {
            skipTo('}');
        }
        return new RegexNode.Single("AzZbBy".indexOf(c) >= 0 ? 0 : 1);
    }

    private void skipTo(char end) throws BadRegexException {
        int found = text.indexOf(end, at);
        if (found < 0) {
            throw bad("lacks a " + end);
        }
        at = found + 1;
    }

    private boolean take(String expected) {
        if (text.startsWith(expected, at)) {
            at += expected.length();
            return true;
        }
        return false;
    }

    private BadRegexException bad(String problem) {
        return new BadRegexException(text, problem);
    }
}
