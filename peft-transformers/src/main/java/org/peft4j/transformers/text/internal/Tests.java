package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Jinja's tests. */
final class Tests {

    /** Up to here Python has one object for every whole number. */
    private static final long SHARED = 256;

    private static final Map<String, Test> BY_NAME;

    static {
        Map<String, Test> tests = new HashMap<>();
        kinds(tests);
        simple(tests, "defined", value -> !(value instanceof Undefined));
        simple(tests, "undefined", value -> value instanceof Undefined);
        simple(tests, "none", value -> value == None.NONE);
        simple(tests, "true", value -> Boolean.TRUE.equals(value));
        simple(tests, "false", value -> Boolean.FALSE.equals(value));
        simple(tests, "escaped", value -> value instanceof Markup);
        simple(
                tests,
                "filter",
                value -> (value instanceof String s && Filters.exists(s)) || hashable(value));
        simple(tests, "test", value -> (value instanceof String s && exists(s)) || hashable(value));
        comparison(tests, "==", "equalto", "eq", "==");
        comparison(tests, "!=", "ne", "!=");
        comparison(tests, "<", "lt", "lessthan", "<");
        comparison(tests, "<=", "le", "<=");
        comparison(tests, ">", "gt", "greaterthan", ">");
        comparison(tests, ">=", "ge", ">=");
        comparison(tests, "in", "in");
        tests.put("odd", (value, a, b) -> rest(value, a.count(0, 0).get(0, 2L), 1L, b));
        tests.put("even", (value, a, b) -> rest(value, a.count(0, 0).get(0, 2L), 0L, b));
        tests.put("divisibleby", (value, a, b) -> rest(value, a.bind(1, "num").get(0), 0L, b));
        tests.put("lower", (value, a, b) -> hasCase(value, a, b, false));
        tests.put("upper", (value, a, b) -> hasCase(value, a, b, true));
        tests.put("sameas", (value, a, b) -> same(value, a.bind(1, "other").get(0)));
        BY_NAME = Map.copyOf(tests);
    }

    private Tests() {}

    private static void kinds(Map<String, Test> tests) {
        simple(tests, "boolean", value -> value instanceof Boolean);
        simple(tests, "integer", value -> value instanceof Long || value instanceof BigInteger);
        simple(tests, "float", value -> value instanceof Double);
        simple(tests, "number", Numbers::isNumber);
        simple(tests, "string", Values::isText);
        simple(tests, "mapping", value -> value instanceof Map);
        simple(tests, "iterable", Values::isIterable);
        simple(tests, "sequence", value -> Values.hasLength(value) && !(value instanceof DictView));
        simple(
                tests,
                "callable",
                value ->
                        value instanceof Callable
                                || value instanceof LoopState
                                || value instanceof Undefined);
    }

    /** Refuses what cannot be a name at all. */
    private static boolean hashable(Object value) {
        boolean mutable =
                value instanceof Map || value instanceof DictView || value instanceof List;
        if (mutable && !(value instanceof Tuple)) {
            throw new JinjaException("a " + Values.typeName(value) + " is no name");
        }
        return false;
    }

    static boolean exists(String name) {
        return BY_NAME.containsKey(name);
    }

    static Test get(Object name) {
        Test test = name instanceof String text ? BY_NAME.get(text) : null;
        if (test == null) {
            throw new JinjaException("no test is named '" + name + "'");
        }
        return test;
    }

    private static void simple(Map<String, Test> tests, String name, Predicate<Object> test) {
        tests.put(
                name,
                (value, arguments, budget) -> {
                    arguments.count(0, 0);
                    return test.test(value);
                });
    }

    private static void comparison(Map<String, Test> tests, String operator, String... names) {
        for (String name : names) {
            tests.put(
                    name,
                    (value, arguments, budget) ->
                            Comparisons.compare(
                                    operator, value, arguments.count(1, 1).get(0), budget));
        }
    }

    private static boolean rest(Object value, Object by, Object wanted, Budget budget) {
        return Comparisons.equal(Arithmetic.apply("%", value, by, budget), wanted, budget);
    }

    private static boolean hasCase(
            Object value, Arguments arguments, Budget budget, boolean upper) {
        arguments.count(0, 0);
        String text = Values.text(value, budget);
        budget.read(8L * text.length());
        return PythonText.hasCase(text, upper);
    }

    private static boolean same(Object value, Object other) {
        boolean shared =
                (value instanceof Long number && number >= -5 && number <= SHARED)
                        || value instanceof Boolean;
        if (shared) {
            return value.equals(other);
        }
        boolean kept = Values.isText(value) || Numbers.isNumber(value) || value instanceof Tuple;
        if (kept && value.getClass() == other.getClass()) {
            throw new JinjaException("sameas of a " + Values.typeName(value) + " is not defined");
        }
        return value == other;
    }
}
