package org.peft4j.core.targets;

import java.util.List;
import java.util.function.IntPredicate;

/** A part of a regular expression, which finds out for itself where it matches. */
interface PatternNode {

    /** Stands for "without end" in counts and widths; larger counts are not Python. */
    long UNBOUNDED = 4_294_967_295L;

    /** What must match from a place on. */
    interface Rest {
        boolean matches(int from);
    }

    /**
     * Returns whether this part matches from a place on, and the rest behind it: tries the ways in
     * which it can match, in the order of Python, until the rest agrees with one.
     *
     * @param run the text, and what the groups have taken
     * @param at the place, counted in characters
     * @param rest what follows
     */
    boolean match(PatternRun run, int at, Rest rest);

    /** Returns how many characters it takes at least. */
    long least();

    /** Returns how many characters it takes at most, {@link #UNBOUNDED} if any number. */
    long most();

    /** One character that passes a test. */
    record One(IntPredicate test) implements PatternNode {
        @Override
        public boolean match(PatternRun run, int at, Rest rest) {
            return run.passes(at, test) && rest.matches(at + 1);
        }

        @Override
        public long least() {
            return 1;
        }

        @Override
        public long most() {
            return 1;
        }
    }

    /** One part after the other. */
    record Sequence(List<PatternNode> parts) implements PatternNode {
        @Override
        public boolean match(PatternRun run, int at, Rest rest) {
            return from(0, run, at, rest);
        }

        private boolean from(int part, PatternRun run, int at, Rest rest) {
            return part == parts.size()
                    ? rest.matches(at)
                    : run.match(parts.get(part), at, end -> from(part + 1, run, end, rest));
        }

        @Override
        public long least() {
            return capped(parts.stream().mapToLong(PatternNode::least).sum());
        }

        @Override
        public long most() {
            return capped(parts.stream().mapToLong(PatternNode::most).sum());
        }

        private static long capped(long width) {
            return Math.min(width, UNBOUNDED);
        }
    }

    /** The first branch with which the rest matches too. */
    record Choice(List<PatternNode> branches) implements PatternNode {
        @Override
        public boolean match(PatternRun run, int at, Rest rest) {
            for (PatternNode branch : branches) {
                if (run.match(branch, at, rest)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long least() {
            return branches.stream().mapToLong(PatternNode::least).min().orElse(0);
        }

        @Override
        public long most() {
            return branches.stream().mapToLong(PatternNode::most).max().orElse(0);
        }
    }

    /**
     * A part in parentheses.
     *
     * @param number its number if what it takes is kept, else 0
     */
    record Group(int number, PatternNode body) implements PatternNode {
        @Override
        public boolean match(PatternRun run, int at, Rest rest) {
            if (number == 0) {
                return run.match(body, at, rest);
            }
            return run.match(
                    body,
                    at,
                    end -> {
                        PatternRun.Span before = run.taken(number);
                        run.take(number, new PatternRun.Span(at, end));
                        boolean matches = rest.matches(end);
                        if (!matches) {
                            run.take(number, before);
                        }
                        return matches;
                    });
        }

        @Override
        public long least() {
            return body.least();
        }

        @Override
        public long most() {
            return body.most();
        }
    }

    /**
     * What a group took, once more.
     *
     * @param meant the group's part
     */
    record Reference(int group, PatternNode meant, boolean ignoresCase) implements PatternNode {
        @Override
        public boolean match(PatternRun run, int at, Rest rest) {
            PatternRun.Span span = run.taken(group);
            return span != null
                    && run.repeats(span, at, ignoresCase)
                    && rest.matches(at + span.length());
        }

        @Override
        public long least() {
            return meant.least();
        }

        @Override
        public long most() {
            return meant.most();
        }
    }

    /** One part if a group has taken something, else another. */
    record Conditional(int group, PatternNode yes, PatternNode no) implements PatternNode {
        @Override
        public boolean match(PatternRun run, int at, Rest rest) {
            return run.match(run.taken(group) == null ? no : yes, at, rest);
        }

        @Override
        public long least() {
            return Math.min(yes.least(), no.least());
        }

        @Override
        public long most() {
            return Math.max(yes.most(), no.most());
        }
    }
}
