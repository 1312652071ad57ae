package org.peft4j.transformers.text.internal;

import java.util.AbstractList;
import java.util.List;

/** Python's tuple: a list that is another type, and can be a key. */
final class Tuple extends AbstractList<Object> {

    private final List<Object> items;
    private final List<String> names;

    private Tuple(List<Object> items, List<String> names) {
        this.items = items;
        this.names = names;
    }

    static Tuple of(Object... items) {
        return new Tuple(List.of(items), List.of());
    }

    static Tuple copyOf(List<?> items) {
        return new Tuple(List.copyOf(items), List.of());
    }

    /** A group of {@code groupby}. */
    static Tuple group(Object grouper, List<Object> list) {
        return new Tuple(List.of(grouper, list), List.of("grouper", "list"));
    }

    /** Returns the index of a named item, or -1. */
    int named(String name) {
        return names.indexOf(name);
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
