package org.peft4j.transformers.text.internal;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every chat template sees. */
final class Functions {

    /** The longest range of Jinja2's sandbox. */
    private static final long LONGEST_RANGE = 100_000;

    private Functions() {}

    static Scope scope(Clock clock) {
        Scope scope = Scope.root();
        put(scope, "range", Functions::range);
        put(scope, "dict", Functions::dict);
        put(scope, "namespace", Functions::namespace);
        put(
                scope,
                "raise_exception",
                arguments -> {
                    throw JinjaException.raised(
                            Python.text(arguments.require(0, "message"), new Budget()));
                });
        put(
                scope,
                "strftime_now",
                arguments -> Strftime.format(clock, arguments.text(0, "format")));
        return scope;
    }

    private static void put(Scope scope, String name, Callable function) {
        scope.set(name, function);
    }

    private static List<Object> range(Arguments arguments) {
        List<Object> bounds = arguments.positional();
        long start = bounds.size() > 1 ? arguments.whole(0, "start", 0) : 0;
        long stop = Python.whole(arguments.require(bounds.size() > 1 ? 1 : 0, "stop"));
        long step = arguments.whole(2, "step", 1);
        if (step == 0) {
            throw new JinjaException("the step of a range is 0");
        }
        List<Object> numbers = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            if (numbers.size() == LONGEST_RANGE) {
                throw new JinjaException("a range is longer than " + LONGEST_RANGE);
            }
            numbers.add(i);
        }
        return numbers;
    }

    private static Map<Object, Object> dict(Arguments arguments) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> map) {
                entries.putAll(map);
            } else {
                for (Object pair : Python.items(source)) {
                    entries.put(Python.key(Access.item(pair, 0L)), Access.item(pair, 1L));
                }
            }
        }
        entries.putAll(arguments.named());
        return entries;
    }

    private static Namespace namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        dict(arguments).forEach((name, value) -> namespace.set(String.valueOf(name), value));
        return namespace;
    }
}
