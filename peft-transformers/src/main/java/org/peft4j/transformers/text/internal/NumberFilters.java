package org.peft4j.transformers.text.internal;

import java.util.Locale;
import java.util.Map;

/** The filters of numbers. */
final class NumberFilters {

    private static final String[] UNITS = {"k", "M", "G", "T", "P", "E", "Z", "Y"};

    private NumberFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("abs", NumberFilters::abs);
        filters.put("int", NumberFilters::whole);
        filters.put("float", NumberFilters::real);
        filters.put("round", NumberFilters::round);
        filters.put("filesizeformat", NumberFilters::fileSize);
    }

    private static Object abs(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        requireNumber(value);
        return value instanceof Double real
                ? (Object) Math.abs(real)
                : Numbers.whole(Numbers.big(value).abs());
    }

    private static void requireNumber(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!Numbers.isNumber(value)) {
            throw new JinjaException("a " + Values.typeName(value) + " is no number");
        }
    }

    private static Object whole(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "default", "base");
        Object otherwise = arguments.get(0, 0L);
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (Values.isText(value)) {
            String text = Values.requireText(value);
            budget.read(16L * text.length());
            Object whole = NumberText.whole(text, arguments.whole(1, 10));
            if (whole != None.NONE) {
                return whole;
            }
            Object real = NumberText.real(text);
            return real instanceof Double number && Double.isFinite(number)
                    ? Numbers.truncated(number)
                    : otherwise;
        }
        if (value instanceof Double number) {
            return Double.isNaN(number) ? otherwise : Numbers.truncated(number);
        }
        return Numbers.isNumber(value) ? Arithmetic.sign(value, false) : otherwise;
    }

    private static Object real(Object value, Arguments given, Budget budget) {
        Object otherwise = given.bind(0, "default").get(0, 0.0);
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (Values.isText(value)) {
            String text = Values.requireText(value);
            budget.read(16L * text.length());
            Object real = NumberText.real(text);
            return real == None.NONE ? otherwise : real;
        }
        return Numbers.isNumber(value) ? (Object) Numbers.real(value) : otherwise;
    }

    private static Object round(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "precision", "method");
        Object method = arguments.get(1, "common");
        requireNumber(value);
        if (method.equals("common")) {
            Object precision = arguments.get(0, 0L);
            return precision == None.NONE
                    ? value instanceof Double real
                            ? Numbers.truncated(Math.rint(real))
                            : Arithmetic.sign(value, false)
                    : Numbers.round(value, Values.whole(precision));
        }
        if (!method.equals("ceil") && !method.equals("floor")) {
            throw new JinjaException("round knows common, ceil and floor only");
        }
        Object factor = Numbers.apply("**", 10L, arguments.get(0, 0L), budget);
        Object scaled = Numbers.apply("*", value, factor, budget);
        Object cut =
                scaled instanceof Double real
                        ? Numbers.truncated(
                                method.equals("ceil") ? Math.ceil(real) : Math.floor(real))
                        : scaled;
        return Numbers.apply("/", cut, factor, budget);
    }

    private static Object fileSize(Object value, Arguments given, Budget budget) {
        boolean binary = given.bind(0, "binary").flag(0);
        Object parsed = Values.isText(value) ? NumberText.real(Values.requireText(value)) : value;
        requireNumber(parsed);
        double bytes = Numbers.real(parsed);
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Representation.number(Numbers.truncated(bytes), budget) + " Bytes";
        }
        double unit = base;
        int i = 0;
        do {
            unit *= base;
        } while (bytes >= unit && ++i < UNITS.length);
        if (i == UNITS.length) {
            i--;
        }
        String prefix = binary ? UNITS[i].toUpperCase(Locale.ROOT) + "iB" : UNITS[i] + "B";
        return FloatFormat.of(base * bytes / unit, 'f', 1, false) + " " + prefix;
    }
}
