package org.peft4j.transformers.text.internal;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** The functions that every chat template sees. */
final class Functions {

    /** The longest range of Jinja2's sandbox. */
    private static final long LONGEST_RANGE = 100_000;

    private Functions() {}

    /** Python's dict, as far as templates see it. */
    static final class DictType implements Callable {

        @Override
        public Object call(Arguments arguments, Budget budget) {
            return Dicts.of(arguments, budget);
        }

        Object fromKeys(Arguments given, Budget budget) {
            Arguments arguments = given.count(1, 2);
            Map<Object, Object> entries = new LinkedHashMap<>();
            for (Object key : Values.items(arguments.get(0), budget)) {
                Dicts.put(entries, key, arguments.get(1, None.NONE));
            }
            return entries;
        }
    }

    static Scope scope(Clock clock) {
        Scope scope = Scope.root();
        scope.set("dict", new DictType());
        put(scope, "range", Functions::range);
        put(scope, "namespace", Functions::namespace);
        put(scope, "cycler", (arguments, b) -> new Cycler(unnamed(arguments).positional()));
        put(scope, "joiner", (arguments, b) -> joiner(arguments));
        put(scope, "lipsum", Methods.unsupported("lipsum"));
        put(
                scope,
                "raise_exception",
                (arguments, budget) -> {
                    throw JinjaException.raised(
                            Values.text(arguments.bind(1, "message").get(0), budget));
                });
        put(
                scope,
                "strftime_now",
                (arguments, budget) ->
                        Strftime.format(clock, arguments.bind(1, "format").text(0), budget));
        return scope;
    }

    private static Arguments unnamed(Arguments arguments) {
        return arguments.count(0, Integer.MAX_VALUE);
    }

    private static void put(Scope scope, String name, Callable function) {
        scope.set(name, function);
    }

    private static Object range(Arguments given, Budget budget) {
        Arguments arguments = given.count(1, 3);
        int bounds = arguments.positional().size();
        for (Object bound : arguments.positional()) {
            if (bound instanceof java.math.BigInteger) {
                throw new JinjaException("a range is longer than " + LONGEST_RANGE);
            }
            Values.whole(bound);
        }
        long start = bounds > 1 ? arguments.whole(0, 0) : 0;
        long stop = arguments.whole(bounds > 1 ? 1 : 0, 0);
        long step = arguments.whole(2, 1);
        if (step == 0) {
            throw new JinjaException("the step of a range is 0");
        }
        long far = 1L << 62;
        boolean wide = Math.abs(start) > far || Math.abs(stop) > far || Math.abs(step) > far;
        Range range = new Range(start, stop, step);
        if (wide || range.size() > LONGEST_RANGE) {
            throw new JinjaException("a range is longer than " + LONGEST_RANGE);
        }
        return range;
    }

    private static Object namespace(Arguments arguments, Budget budget) {
        Namespace namespace = new Namespace();
        Dicts.of(arguments, budget).forEach(namespace::set);
        return namespace;
    }

    private static Callable joiner(Arguments given) {
        Object separator = given.bind(0, "sep").get(0, ", ");
        boolean[] used = new boolean[1];
        return (arguments, budget) -> {
            arguments.count(0, 0);
            Object text = used[0] ? separator : "";
            used[0] = true;
            return text;
        };
    }
}
