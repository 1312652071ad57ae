package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.targets.PatternSource.Malformed;

/** Reads a set of characters, as {@code [a-z_]}. */
final class PatternSetParser {

    private final PatternSource source;
    private final PatternFlags flags;

    PatternSetParser(PatternSource source, PatternFlags flags) {
        this.source = source;
        this.flags = flags;
    }

    /**
     * One end of a range, or a member of its own.
     *
     * @param kind the test of a kind of characters as {@code \d}, or null for one character
     * @param character that one
     */
    private record Member(@Nullable IntPredicate kind, int character) {
        IntPredicate test(boolean ignoresCase) {
            return kind == null ? PatternCharacters.literal(character, ignoresCase) : kind;
        }
    }

    /** Reads a set whose bracket has been taken. */
    IntPredicate read() throws Malformed {
        boolean negated = source.takeIf('^');
        List<IntPredicate> tests = new ArrayList<>();
        while (tests.isEmpty() || !source.takeIf(']')) {
            Member member = member();
            if (!source.takeIf('-')) {
                tests.add(member.test(flags.ignoreCase()));
            } else if (source.takeIf(']')) {
                tests.add(member.test(flags.ignoreCase()));
                tests.add(c -> c == '-');
                break;
            } else {
                tests.add(range(member, member()));
            }
        }
        return PatternCharacters.set(tests, negated);
    }

    private Member member() throws Malformed {
        int character = source.take();
        if (character == PatternSource.END) {
            throw source.malformed("a ] is missing");
        }
        if (character != '\\') {
            return new Member(null, character);
        }
        int letter = source.take();
        @Nullable IntPredicate kind = PatternEscapes.kind(letter, flags.ascii());
        return kind == null
                ? new Member(null, new PatternEscapes(source).inSet(letter))
                : new Member(kind, 0);
    }

    private IntPredicate range(Member first, Member last) throws Malformed {
        if (first.kind() != null || last.kind() != null || last.character() < first.character()) {
            throw source.malformed("a range of characters has no such ends");
        }
        return PatternCharacters.range(first.character(), last.character(), flags.ignoreCase());
    }
}
