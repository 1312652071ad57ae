package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Map;

/** What a function, a filter, a test or a method is called with. */
record Arguments(List<Object> positional, Map<String, Object> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Object... values) {
        return new Arguments(List.of(values), Map.of());
    }

    /** Returns an argument by its position or its name. */
    Object get(int position, String name, Object otherwise) {
        return position < positional.size()
                ? positional.get(position)
                : named.getOrDefault(name, otherwise);
    }

    Object require(int position, String name) {
        Object value = get(position, name, MISSING);
        if (value == MISSING) {
            throw new JinjaException("the argument '" + name + "' is missing");
        }
        return value;
    }

    String text(int position, String name) {
        if (require(position, name) instanceof String text) {
            return text;
        }
        throw new JinjaException("the argument '" + name + "' must be a string");
    }

    long whole(int position, String name, long otherwise) {
        return Python.whole(get(position, name, otherwise));
    }

    boolean flag(int position, String name) {
        return Python.truth(get(position, name, false));
    }

    /** Returns the positional arguments without the first ones. */
    Arguments from(int position) {
        return new Arguments(
                positional.subList(Math.min(position, positional.size()), positional.size()),
                named);
    }

    private static final Object MISSING = new Object();
}
