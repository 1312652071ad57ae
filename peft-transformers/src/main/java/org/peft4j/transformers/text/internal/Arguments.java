package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a function, a filter, a test or a method is called with. */
record Arguments(List<Object> positional, Map<String, Object> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    private static final Object MISSING = new Object();

    static Arguments of(Object... values) {
        return new Arguments(List.of(values), Map.of());
    }

    /**
     * Matches the arguments with parameters that have names.
     *
     * @param required how many of them must be given
     * @return arguments in the order of the parameters
     */
    Arguments bind(int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new JinjaException("there are more than " + parameters.length + " arguments");
        }
        List<Object> values = new ArrayList<>(positional);
        Map<String, Object> rest = new LinkedHashMap<>(named);
        for (int i = 0; i < parameters.length; i++) {
            Object given = rest.remove(parameters[i]);
            if (i >= positional.size()) {
                values.add(given == null ? MISSING : given);
            } else if (given != null) {
                throw new JinjaException("the argument '" + parameters[i] + "' is given twice");
            }
            if (i < required && values.get(i) == MISSING) {
                throw new JinjaException("the argument '" + parameters[i] + "' is missing");
            }
        }
        if (!rest.isEmpty()) {
            throw new JinjaException("unknown argument '" + rest.keySet().iterator().next() + "'");
        }
        return new Arguments(values, Map.of());
    }

    /** Refuses arguments with names, and more or fewer without than a function takes. */
    Arguments count(int fewest, int most) {
        if (!named.isEmpty()) {
            throw new JinjaException(
                    "'" + named.keySet().iterator().next() + "' is not known here");
        }
        if (positional.size() < fewest || positional.size() > most) {
            throw new JinjaException(
                    "a function is called with " + positional.size() + " arguments");
        }
        return this;
    }

    boolean has(int position) {
        return position < positional.size() && positional.get(position) != MISSING;
    }

    Object get(int position) {
        if (!has(position)) {
            throw new JinjaException("an argument is missing");
        }
        return positional.get(position);
    }

    Object get(int position, Object otherwise) {
        return has(position) ? positional.get(position) : otherwise;
    }

    String text(int position) {
        return Values.requireText(get(position));
    }

    long whole(int position, long otherwise) {
        return Values.whole(get(position, otherwise));
    }

    boolean flag(int position) {
        return Values.truth(get(position, false));
    }

    /** Returns the arguments without the first positional ones. */
    Arguments from(int position) {
        return new Arguments(
                positional.subList(Math.min(position, positional.size()), positional.size()),
                named);
    }
}
