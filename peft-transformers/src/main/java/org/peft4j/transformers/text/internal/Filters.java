package org.peft4j.transformers.text.internal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Jinja's filters, with Hugging Face's {@code tojson}. */
final class Filters {

    /** A filter of a value. */
    @FunctionalInterface
    interface Filter {
        Object apply(Object value, Arguments arguments, Evaluation evaluation);
    }

    private static final Map<String, Filter> BY_NAME = new HashMap<>();

    static {
        texts();
        numbers();
        BY_NAME.putAll(Collections.unmodifiableMap(SequenceFilters.BY_NAME));
        BY_NAME.put("tojson", (value, arguments, e) -> Json.dump(value, arguments, e.budget()));
        BY_NAME.put("string", (value, arguments, e) -> Python.text(value, e.budget()));
        BY_NAME.put("safe", (value, arguments, e) -> Python.text(value, e.budget()));
        Filter otherwise =
                (value, arguments, e) ->
                        value instanceof Undefined
                                        || (arguments.flag(1, "boolean") && !Python.truth(value))
                                ? arguments.get(0, "default_value", "")
                                : value;
        BY_NAME.put("default", otherwise);
        BY_NAME.put("d", otherwise);
    }

    private Filters() {}

    static Filter get(String name) {
        Filter filter = BY_NAME.get(name);
        if (filter == null) {
            throw new JinjaException("no filter is named '" + name + "'");
        }
        return filter;
    }

    private static void texts() {
        text("upper", s -> s.toUpperCase(Locale.ROOT));
        text("lower", s -> s.toLowerCase(Locale.ROOT));
        text("capitalize", Texts::capitalize);
        text("title", Filters::titleWords);
        text("escape", Texts::escapeHtml);
        text("e", Texts::escapeHtml);
        text("urlencode", s -> URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20"));
        BY_NAME.put(
                "trim",
                (value, arguments, e) ->
                        Methods.strip(Python.text(value, e.budget()), arguments, true, true));
        BY_NAME.put(
                "replace",
                (value, arguments, e) -> {
                    Object count = arguments.get(2, "count", None.NONE);
                    return Texts.replace(
                            Python.text(value, e.budget()),
                            Python.text(arguments.require(0, "old"), e.budget()),
                            Python.text(arguments.require(1, "new"), e.budget()),
                            count == None.NONE ? -1 : Python.whole(count));
                });
        BY_NAME.put(
                "indent",
                (value, arguments, e) -> {
                    Object width = arguments.get(0, "width", 4L);
                    if (!(width instanceof String)) {
                        Budget.requireLength(Python.whole(width));
                    }
                    return Texts.indent(
                            Python.text(value, e.budget()),
                            width instanceof String by
                                    ? by
                                    : " ".repeat((int) Math.max(0, Python.whole(width))),
                            arguments.flag(1, "first"),
                            arguments.flag(2, "blank"));
                });
        BY_NAME.put(
                "center",
                (value, arguments, e) ->
                        Texts.pad(Python.text(value, e.budget()), arguments, 1, 1));
        BY_NAME.put(
                "wordcount",
                (value, arguments, e) ->
                        (long)
                                Splits.split(Python.text(value, e.budget()), Arguments.NONE, false)
                                        .size());
        BY_NAME.put(
                "format",
                (value, arguments, e) ->
                        Formats.percent(Python.text(value, e.budget()), arguments.positional()));
    }

    private static void text(String name, UnaryOperator<String> function) {
        BY_NAME.put(name, (value, arguments, e) -> function.apply(Python.text(value, e.budget())));
    }

    /** Unlike the method, the filter begins a word only behind a blank, a hyphen or a bracket. */
    private static String titleWords(String text) {
        StringBuilder out = new StringBuilder();
        boolean begins = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(begins ? Character.toUpperCase(c) : Character.toLowerCase(c));
            begins = Python.isSpace(c) || "-({[<".indexOf(c) >= 0;
        }
        return out.toString();
    }

    private static void numbers() {
        BY_NAME.put(
                "abs",
                (value, arguments, e) ->
                        value instanceof Double real
                                ? (Object) Math.abs(real)
                                : (Object) Math.abs(Python.whole(value)));
        BY_NAME.put("int", (value, arguments, e) -> whole(value, arguments));
        BY_NAME.put(
                "float",
                (value, arguments, e) -> {
                    try {
                        return value instanceof String text
                                ? (Object) Double.valueOf(text.strip())
                                : Comparisons.isNumber(value)
                                        ? (Object) Arithmetic.real(value)
                                        : arguments.get(0, "default", 0.0);
                    } catch (NumberFormatException notANumber) {
                        return arguments.get(0, "default", 0.0);
                    }
                });
        BY_NAME.put("round", (value, arguments, e) -> round(value, arguments));
    }

    private static Object whole(Object value, Arguments arguments) {
        try {
            if (value instanceof String text) {
                String digits = text.strip().replace("_", "");
                return digits.matches("[+-]?\\d+")
                        ? (Object) Long.valueOf(digits)
                        : (Object) (long) Double.parseDouble(digits);
            }
            return Comparisons.isNumber(value)
                    ? (Object) (long) Arithmetic.real(value)
                    : arguments.get(0, "default", 0L);
        } catch (NumberFormatException notANumber) {
            return arguments.get(0, "default", 0L);
        }
    }

    private static Object round(Object value, Arguments arguments) {
        double factor = Math.pow(10, (double) arguments.whole(0, "precision", 0));
        double scaled = Arithmetic.real(value) * factor;
        return switch (arguments.get(1, "method", "common") instanceof String s ? s : "") {
            case "common" -> Math.rint(scaled) / factor;
            case "ceil" -> Math.ceil(scaled) / factor;
            case "floor" -> Math.floor(scaled) / factor;
            default -> throw new JinjaException("round knows common, ceil and floor only");
        };
    }

    static Comparator<Object> order(boolean sensitive, Budget budget) {
        return (a, b) -> Comparisons.order(fold(a, sensitive), fold(b, sensitive), budget);
    }

    static Object fold(Object value, boolean sensitive) {
        return !sensitive && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
    }

    /** The value under a path such as {@code function.name}. */
    static Object attribute(Object value, Object path, Budget budget) {
        List<Object> steps = new ArrayList<>();
        if (path instanceof String text) {
            steps.addAll(Splits.split(text, Arguments.of("."), false));
        } else {
            steps.add(path);
        }
        Object found = value;
        for (Object step : steps) {
            Object key =
                    step instanceof String s && s.matches("\\d{1,9}")
                            ? (Object) Long.valueOf(s)
                            : step;
            found = Access.subscript(found, key, budget);
        }
        return found;
    }
}
