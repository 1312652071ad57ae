package org.peft4j.core.targets;

/**
 * What must stand ahead or behind, or must not.
 *
 * @param behind whether it ends here; then it has one width
 */
record PatternLook(PatternNode body, boolean behind, boolean negative) implements PatternNode {

    @Override
    public boolean match(PatternRun run, int at, Rest rest) {
        PatternRun.Groups before = run.groups();
        long from = behind ? at - body.least() : at;
        boolean found = from >= 0 && PatternAtomic.end(body, run, (int) from) != null;
        if (negative) {
            run.restore(before);
        }
        if (found != negative && rest.matches(at)) {
            return true;
        }
        run.restore(before);
        return false;
    }

    @Override
    public long least() {
        return 0;
    }

    @Override
    public long most() {
        return 0;
    }
}
