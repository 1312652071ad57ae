package org.peft4j.transformers.text.internal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jinja's filters, with Hugging Face's {@code tojson}. */
final class Filters {

    private static final Map<String, Filter> BY_NAME;

    static {
        Map<String, Filter> filters = new HashMap<>();
        TextFilters.addTo(filters);
        NumberFilters.addTo(filters);
        SequenceFilters.addTo(filters);
        OrderFilters.addTo(filters);
        filters.put("tojson", Json::dump);
        filters.put("attr", Filters::attribute);
        filters.put("default", Filters::otherwise);
        filters.put("d", Filters::otherwise);
        for (String name : new String[] {"random", "urlize"}) {
            filters.put(
                    name,
                    (value, arguments, budget) -> {
                        throw new JinjaException(
                                "the filter '"
                                        + name
                                        + "' is not supported in chat templates here");
                    });
        }
        BY_NAME = Map.copyOf(filters);
    }

    private Filters() {}

    static boolean exists(String name) {
        return BY_NAME.containsKey(name);
    }

    static Filter get(Object name) {
        Filter filter = find(name);
        if (filter == null) {
            throw new JinjaException("no filter is named '" + name + "'");
        }
        return filter;
    }

    private static @Nullable Filter find(Object name) {
        return name instanceof String text ? BY_NAME.get(text) : null;
    }

    private static Object otherwise(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "default_value", "boolean");
        boolean missing = value instanceof Undefined || (arguments.flag(1) && !Values.truth(value));
        return missing ? arguments.get(0, "") : value;
    }

    private static Object attribute(Object value, Arguments given, Budget budget) {
        String name = given.bind(1, "name").text(0);
        Object found = Access.ownAttribute(value, name);
        return found == null ? Undefined.attribute(value, name) : found;
    }
}
