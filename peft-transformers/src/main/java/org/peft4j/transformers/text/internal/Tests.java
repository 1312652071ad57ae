package org.peft4j.transformers.text.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Jinja's tests: what may stand behind {@code is}. */
final class Tests {

    /** A test of a value. */
    @FunctionalInterface
    interface Test {
        boolean apply(Object value, Arguments arguments, Evaluation evaluation);
    }

    private static final Map<String, Test> BY_NAME = new HashMap<>();

    static {
        simple("defined", value -> !(value instanceof Undefined));
        simple("undefined", value -> value instanceof Undefined);
        simple("none", value -> value == None.NONE);
        simple("boolean", value -> value instanceof Boolean);
        simple("true", value -> Boolean.TRUE.equals(value));
        simple("false", value -> Boolean.FALSE.equals(value));
        simple("integer", value -> value instanceof Long);
        simple("float", value -> value instanceof Double);
        simple("number", Comparisons::isNumber);
        simple("string", value -> value instanceof String);
        simple("mapping", value -> value instanceof Map);
        simple("iterable", Tests::isIterable);
        simple("sequence", Tests::isIterable);
        simple("callable", value -> value instanceof Callable);
        simple("escaped", value -> false);
        simple("odd", value -> Math.floorMod(Python.whole(value), 2) == 1);
        simple("even", value -> Math.floorMod(Python.whole(value), 2) == 0);
        simple("lower", value -> value instanceof String s && s.equals(s.toLowerCase(Locale.ROOT)));
        simple("upper", value -> value instanceof String s && s.equals(s.toUpperCase(Locale.ROOT)));
        comparison("==", "equalto", "eq", "==");
        comparison("!=", "ne", "!=");
        comparison("<", "lt", "lessthan", "<");
        comparison("<=", "le", "<=");
        comparison(">", "gt", "greaterthan", ">");
        comparison(">=", "ge", ">=");
        comparison("in", "in");
        BY_NAME.put(
                "sameas",
                (value, arguments, e) -> {
                    Object other = arguments.require(0, "other");
                    return value == other
                            || ((value instanceof Boolean || value instanceof Long)
                                    && value.equals(other));
                });
        BY_NAME.put(
                "divisibleby",
                (value, arguments, e) ->
                        Arithmetic.apply("%", value, arguments.require(0, "num")).equals(0L));
    }

    private Tests() {}

    static Test get(String name) {
        Test test = BY_NAME.get(name);
        if (test == null) {
            throw new JinjaException("no test is named '" + name + "'");
        }
        return test;
    }

    private static void simple(String name, Predicate<Object> test) {
        BY_NAME.put(name, (value, arguments, e) -> test.test(value));
    }

    private static void comparison(String operator, String... names) {
        for (String name : names) {
            BY_NAME.put(
                    name,
                    (value, arguments, e) ->
                            Comparisons.compare(
                                    operator, value, arguments.require(0, "other"), e.budget()));
        }
    }

    private static boolean isIterable(Object value) {
        return value instanceof String
                || value instanceof List
                || value instanceof Map
                || value instanceof Undefined;
    }
}
