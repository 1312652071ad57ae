package org.peft4j.transformers.text.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a parser has to know of the names in a template: where they are read, and what is missing.
 */
final class Names {

    private final Deque<Set<String>> read = new ArrayDeque<>();
    private final Deque<Set<String>> stored = new ArrayDeque<>();
    private final List<String> unknown = new ArrayList<>();

    /** Whether a filter or test that does not exist is an error only when it is reached. */
    private boolean soft;

    void load(String name) {
        var stores = stored.iterator();
        for (Set<String> reads : read) {
            if (!stores.next().contains(name)) {
                reads.add(name);
            }
        }
    }

    void store(String name) {
        stored.forEach(names -> names.add(name));
    }

    /** Begins the body of a macro. */
    void enterMacro() {
        read.push(new HashSet<>());
        stored.push(new HashSet<>());
    }

    /** Ends the body of a macro, and returns which names it reads that it did not set before. */
    Set<String> leaveMacro() {
        stored.pop();
        return read.pop();
    }

    void unknown(String what) {
        if (!soft) {
            unknown.add(what);
        }
    }

    int mark() {
        return unknown.size();
    }

    /** Forgets what is unknown since a mark: it stands in a condition. */
    void forgive(int mark) {
        unknown.subList(mark, unknown.size()).clear();
    }

    /** Sets whether what follows is in an {@code if}, and returns whether it was before. */
    boolean soften(boolean softly) {
        boolean before = soft;
        soft = softly;
        return before;
    }

    void requireKnown() {
        if (!unknown.isEmpty()) {
            throw new JinjaException(unknown.get(0));
        }
    }
}
