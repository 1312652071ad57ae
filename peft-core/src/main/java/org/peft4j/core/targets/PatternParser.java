package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.targets.PatternNode.Choice;
import org.peft4j.core.targets.PatternNode.Conditional;
import org.peft4j.core.targets.PatternNode.Group;
import org.peft4j.core.targets.PatternNode.One;
import org.peft4j.core.targets.PatternNode.Reference;
import org.peft4j.core.targets.PatternNode.Sequence;
import org.peft4j.core.targets.PatternSource.Malformed;

/** Reads regular expressions as Python 3.11's {@code re} does. */
final class PatternParser {

    private static final int DEEPEST = 150;

    private final PatternSource source;
    private final PatternGroups groups;
    private final PatternEscapes escapes;
    private int depth;

    PatternParser(String text) {
        source = new PatternSource(text);
        groups = new PatternGroups(source);
        escapes = new PatternEscapes(source);
    }

    /** Reads the whole expression. */
    PatternNode read() throws Malformed {
        PatternFlags flags = globalFlags();
        PatternNode node = choice(flags);
        if (source.peek() != PatternSource.END) {
            throw source.malformed("a ) has no (");
        }
        return node;
    }

    PatternGroups groups() {
        return groups;
    }

    /** Flags for the whole expression stand before all else. */
    private PatternFlags globalFlags() throws Malformed {
        PatternFlags flags = PatternFlags.NONE;
        while (true) {
            skipComments(flags);
            int start = source.place();
            if (!source.takeIf('(') || !source.takeIf('?') || !isFlag(source.peek())) {
                source.back(start);
                return flags;
            }
            PatternFlags.Inline read = flags.read(source);
            if (!read.global()) {
                source.back(start);
                return flags;
            }
            flags = read.flags();
        }
    }

    private static boolean isFlag(int c) {
        return c == '-' || (Character.isLetter(c) && c != 'P');
    }

    private PatternNode choice(PatternFlags flags) throws Malformed {
        if (++depth > DEEPEST) {
            throw source.malformed("parentheses are nested more than " + DEEPEST + " deep");
        }
        List<PatternNode> branches = new ArrayList<>();
        do {
            branches.add(sequence(flags));
        } while (source.takeIf('|'));
        depth--;
        return branches.size() == 1 ? branches.get(0) : new Choice(List.copyOf(branches));
    }

    private Sequence sequence(PatternFlags flags) throws Malformed {
        List<PatternNode> parts = new ArrayList<>();
        while (true) {
            skipComments(flags);
            int next = source.peek();
            if (next == PatternSource.END || next == '|' || next == ')') {
                return new Sequence(List.copyOf(parts));
            }
            source.take();
            @Nullable PatternCount count = PatternCount.read(source, next);
            if (count == null) {
                parts.add(part(next, flags));
            } else {
                repeatLast(parts, count);
            }
        }
    }

    /** Comments, and with {@code x} white space, stand for nothing. */
    private void skipComments(PatternFlags flags) throws Malformed {
        while (true) {
            int start = source.place();
            int next = source.take();
            boolean comment = next == '(' && source.takeIf('?') && source.takeIf('#');
            if (comment) {
                source.takeWhile(c -> c != ')', Integer.MAX_VALUE);
                if (source.take() == PatternSource.END) {
                    throw source.malformed("a comment has no end");
                }
            } else if (flags.verbose() && next == '#') {
                source.takeWhile(c -> c != '\n', Integer.MAX_VALUE);
            } else if (!flags.verbose() || next > ' ' || " \t\n\r\u000b\f".indexOf(next) < 0) {
                source.back(start);
                return;
            }
        }
    }

    private void repeatLast(List<PatternNode> parts, PatternCount count) throws Malformed {
        PatternNode last = parts.isEmpty() ? PatternEdge.TEXT_START : parts.get(parts.size() - 1);
        if (last instanceof PatternEdge) {
            throw source.malformed("there is nothing to repeat");
        }
        if (last instanceof PatternRepeat) {
            throw source.malformed("a repetition follows a repetition");
        }
        parts.set(
                parts.size() - 1,
                new PatternRepeat(last, count.min(), count.max(), count.order(source)));
    }

    private PatternNode part(int first, PatternFlags flags) throws Malformed {
        return switch (first) {
            case '.' -> new One(flags.dotAll() ? c -> true : c -> c != '\n');
            case '^' -> flags.multiline() ? PatternEdge.LINE_START : PatternEdge.TEXT_START;
            case '$' -> flags.multiline() ? PatternEdge.LINE_END : PatternEdge.LAST_LINE_END;
            case '[' -> new One(new PatternSetParser(source, flags).read());
            case '(' -> parenthesis(flags);
            case '\\' -> escape(flags);
            default -> literal(first, flags);
        };
    }

    private static One literal(int character, PatternFlags flags) {
        return new One(PatternCharacters.literal(character, flags.ignoreCase()));
    }

    private PatternNode escape(PatternFlags flags) throws Malformed {
        int letter = source.take();
        @Nullable IntPredicate kind = PatternEscapes.kind(letter, flags.ascii());
        @Nullable PatternEdge edge = PatternEscapes.edge(letter, flags.ascii());
        if (kind != null || edge != null) {
            return edge != null ? edge : new One(kind == null ? c -> false : kind);
        }
        if (!PatternEscapes.isDigit(letter)) {
            return literal(escapes.character(letter), flags);
        }
        int value = escapes.digits(letter);
        return value < 0 ? reference(-value, flags) : literal(value, flags);
    }

    private Reference reference(int group, PatternFlags flags) throws Malformed {
        return new Reference(group, groups.meant(group), flags.ignoreCase());
    }

    private PatternNode parenthesis(PatternFlags flags) throws Malformed {
        if (!source.takeIf('?')) {
            return group(groups.open(null), flags);
        }
        int next = source.take();
        return switch (next) {
            case ':' -> group(0, flags);
            case '>' -> new PatternAtomic(closed(flags));
            case '=', '!' -> new PatternLook(closed(flags), false, next == '!');
            case '<' -> lookbehind(flags);
            case '(' -> conditional(flags);
            case 'P' -> named(flags);
            default -> flagged(next, flags);
        };
    }

    private PatternNode flagged(int next, PatternFlags flags) throws Malformed {
        if (!isFlag(next)) {
            throw source.malformed("(? must not go on so in Python");
        }
        source.back(source.place() - 1);
        PatternFlags.Inline read = flags.read(source);
        if (read.global()) {
            throw source.malformed("flags for the whole expression must stand at its start");
        }
        return group(0, read.flags());
    }

    private PatternNode closed(PatternFlags flags) throws Malformed {
        PatternNode node = choice(flags);
        requireClosed();
        return node;
    }

    private void requireClosed() throws Malformed {
        if (!source.takeIf(')')) {
            throw source.malformed("a ) is missing");
        }
    }

    private Group group(int number, PatternFlags flags) throws Malformed {
        PatternNode body = closed(flags);
        if (number > 0) {
            groups.close(number, body);
        }
        return new Group(number, body);
    }

    private PatternNode lookbehind(PatternFlags flags) throws Malformed {
        int kind = source.take();
        if (kind != '=' && kind != '!') {
            throw source.malformed("(?< must go on with = or ! in Python, where names take (?P<");
        }
        int before = groups.enterLookbehind();
        PatternNode body = closed(flags);
        groups.leaveLookbehind(before);
        if (body.least() != body.most()) {
            throw source.malformed("a lookbehind must have one width");
        }
        return new PatternLook(body, true, kind == '!');
    }

    private PatternNode conditional(PatternFlags flags) throws Malformed {
        int number = groups.condition(source.takeUntil(')'));
        PatternNode yes = sequence(flags);
        PatternNode no = source.takeIf('|') ? sequence(flags) : new Sequence(List.of());
        requireClosed();
        return new Conditional(number, yes, no);
    }

    private PatternNode named(PatternFlags flags) throws Malformed {
        if (source.takeIf('<')) {
            return group(groups.open(source.takeUntil('>')), flags);
        }
        if (source.takeIf('=')) {
            return reference(groups.numberOf(source.takeUntil(')')), flags);
        }
        throw source.malformed("(?P must go on with < or =");
    }
}
