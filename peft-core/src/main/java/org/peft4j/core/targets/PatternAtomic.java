package org.peft4j.core.targets;

import org.jspecify.annotations.Nullable;

/** A part that isn't tried in another way once it has matched. */
record PatternAtomic(PatternNode body) implements PatternNode {

    @Override
    public boolean match(PatternRun run, int at, Rest rest) {
        PatternRun.Groups before = run.groups();
        @Nullable Integer end = end(body, run, at);
        if (end != null && rest.matches(end)) {
            return true;
        }
        run.restore(before);
        return false;
    }

    /** Returns where the first match of a part ends, or null; groups keep what they took in it. */
    static @Nullable Integer end(PatternNode part, PatternRun run, int at) {
        int[] found = new int[1];
        boolean matches =
                run.match(
                        part,
                        at,
                        end -> {
                            found[0] = end;
                            return true;
                        });
        return matches ? found[0] : null;
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
