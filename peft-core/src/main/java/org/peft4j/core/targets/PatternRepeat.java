package org.peft4j.core.targets;

import org.jspecify.annotations.Nullable;

/**
 * The same part several times. An empty turn ends it, as in Python, but only one that began where
 * the turn before it began.
 *
 * @param body the part
 * @param min how often at least
 * @param max how often at most, {@link PatternNode#UNBOUNDED} for any number
 * @param order which counts are tried first
 */
record PatternRepeat(PatternNode body, long min, long max, Order order) implements PatternNode {

    private static final int NOWHERE = -1;

    /** How the counts are tried. */
    enum Order {
        /** The highest first. */
        GREEDY,
        /** The lowest first. */
        LAZY,
        /** The highest only. */
        POSSESSIVE
    }

    @Override
    public boolean match(PatternRun run, int at, Rest rest) {
        if (order == Order.POSSESSIVE) {
            return possessive(run, at, rest);
        }
        return body instanceof One one
                ? ofOne(one, run, at, rest)
                : turn(0, NOWHERE, run, at, rest);
    }

    private boolean turn(long count, int last, PatternRun run, int at, Rest rest) {
        run.step();
        if (count < min) {
            return run.match(body, at, end -> turn(count + 1, last, run, end, rest));
        }
        if (order == Order.LAZY && rest.matches(at)) {
            return true;
        }
        if (hasRoom(count)
                && at != last
                && run.match(body, at, end -> turn(count + 1, at, run, end, rest))) {
            return true;
        }
        return order == Order.GREEDY && rest.matches(at);
    }

    private boolean hasRoom(long count) {
        return count < max || max == UNBOUNDED;
    }

    /** Single characters need no turn of their own each. */
    private boolean ofOne(One one, PatternRun run, int at, Rest rest) {
        int count = 0;
        long first = order == Order.GREEDY ? max : min;
        while (count < first && run.passes(at + count, one.test())) {
            run.step();
            count++;
        }
        if (count < min) {
            return false;
        }
        while (true) {
            run.step();
            if (rest.matches(at + count)) {
                return true;
            }
            if (order == Order.GREEDY) {
                if (--count < min) {
                    return false;
                }
            } else if (hasRoom(count) && run.passes(at + count, one.test())) {
                count++;
            } else {
                return false;
            }
        }
    }

    private boolean possessive(PatternRun run, int at, Rest rest) {
        PatternRun.Groups before = run.groups();
        int last = NOWHERE;
        int place = at;
        for (long count = 0; hasRoom(count) && (count < min || place != last); count++) {
            run.step();
            @Nullable Integer end = PatternAtomic.end(body, run, place);
            if (end == null) {
                if (count < min) {
                    run.restore(before);
                    return false;
                }
                break;
            }
            last = count < min ? last : place;
            place = end;
        }
        if (rest.matches(place)) {
            return true;
        }
        run.restore(before);
        return false;
    }

    @Override
    public long least() {
        return product(body.least(), min);
    }

    @Override
    public long most() {
        return product(body.most(), max);
    }

    /** Both factors are below 2³², so that the product may overflow into the sign only. */
    private static long product(long width, long count) {
        long product = width * count;
        return product < 0 ? UNBOUNDED : Math.min(product, UNBOUNDED);
    }
}
