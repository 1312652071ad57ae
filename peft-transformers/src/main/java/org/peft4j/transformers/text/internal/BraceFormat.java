package org.peft4j.transformers.text.internal;

import java.util.Map;
import java.util.function.Function;

/** Python's {@code "{:>8} {name[0]}".format(…)}. */
final class BraceFormat {

    private static final int DEEPEST = 2;

    private final Function<String, Object> named;
    private final Arguments arguments;
    private final Budget budget;

    /** How many places without a name there were. */
    private int automatic;

    private boolean counted;

    private BraceFormat(Arguments arguments, Function<String, Object> named, Budget budget) {
        this.arguments = arguments;
        this.named = named;
        this.budget = budget;
    }

    static String apply(String pattern, Arguments arguments, Budget budget) {
        return new BraceFormat(arguments, name -> required(arguments.named(), name), budget)
                .format(pattern, DEEPEST);
    }

    static String apply(String pattern, Map<?, ?> values, Budget budget) {
        return new BraceFormat(Arguments.NONE, name -> required(values, name), budget)
                .format(pattern, DEEPEST);
    }

    private static Object required(Map<?, ?> values, String name) {
        Object value = Dicts.get(values, name);
        if (value == null) {
            throw new JinjaException("a format names '" + name + "', which is not given");
        }
        return value;
    }

    private String format(String pattern, int depth) {
        if (depth < 0) {
            throw new JinjaException("a format is nested too deeply");
        }
        budget.make(pattern.length());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < pattern.length() && pattern.charAt(i + 1) == c) {
                out.append(c);
                i++;
            } else if (c == '}') {
                throw new JinjaException("a '}' of a format is not opened");
            } else if (c == '{') {
                int close = close(pattern, i);
                String text = place(pattern.substring(i + 1, close), depth);
                budget.make(text.length());
                out.append(text);
                i = close;
            } else {
                out.append(c);
            }
            Budget.requireLength(out.length());
        }
        return out.toString();
    }

    private static int close(String pattern, int open) {
        int depth = 0;
        boolean item = false;
        for (int i = open; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (item) {
                item = c != ']';
            } else if (c == '[' && depth == 1 && pattern.substring(open, i).indexOf(':') < 0) {
                item = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        throw new JinjaException("a '{' of a format is not closed");
    }

    private String place(String place, int depth) {
        int colon = end(place, ":!");
        String field = place.substring(0, colon);
        String rest = place.substring(colon);
        String conversion = "";
        if (rest.startsWith("!")) {
            if (rest.length() < 2 || (rest.length() > 2 && rest.charAt(2) != ':')) {
                throw new JinjaException("a conversion of a format is wrong");
            }
            conversion = rest.substring(1, 2);
            rest = rest.substring(2);
        }
        Object value = value(field);
        value =
                switch (conversion) {
                    case "" -> value;
                    case "s" -> Values.text(value, budget);
                    case "r" -> Representation.of(value, budget);
                    case "a" -> AsciiText.of(Representation.of(value, budget));
                    default -> throw new JinjaException("a conversion of a format is not known");
                };
        String specification = rest.isEmpty() ? "" : rest.substring(1);
        return FormatSpecification.apply(
                value,
                specification.contains("{") || specification.contains("}")
                        ? format(specification, depth - 1)
                        : specification,
                budget);
    }

    /** Where one of some marks is, outside of brackets. */
    private static int end(String place, String marks) {
        boolean item = false;
        for (int i = 0; i < place.length(); i++) {
            char c = place.charAt(i);
            if (!item && marks.indexOf(c) >= 0) {
                return i;
            }
            item = item ? c != ']' : c == '[';
        }
        return place.length();
    }

    private Object value(String field) {
        int end = end(field, ".[");
        String name = field.substring(0, end);
        Object value = first(name);
        int at = end;
        while (at < field.length()) {
            boolean item = field.charAt(at) == '[';
            int next = at + 1;
            while (next < field.length()
                    && (item ? field.charAt(next) != ']' : ".[".indexOf(field.charAt(next)) < 0)) {
                next++;
            }
            if (next == at + 1 || (item && next == field.length())) {
                throw new JinjaException("a field of a format is wrong: \"" + field + "\"");
            }
            String key = field.substring(at + 1, next);
            value =
                    item
                            ? Access.subscript(
                                    value, isNumber(key) ? Long.valueOf(key) : key, budget)
                            : Access.attribute(value, key, budget);
            at = item ? next + 1 : next;
            if (item && at < field.length() && ".[".indexOf(field.charAt(at)) < 0) {
                throw new JinjaException("a field of a format is wrong: \"" + field + "\"");
            }
        }
        return value;
    }

    private Object first(String name) {
        boolean number = isNumber(name);
        if (!number && !name.isEmpty()) {
            return named.apply(name);
        }
        boolean counts = name.isEmpty();
        if (automatic > 0 && counts != counted) {
            throw new JinjaException("a format numbers some places and not others");
        }
        counted = counts;
        int index = counts ? automatic : Integer.parseInt(name);
        automatic++;
        if (!arguments.has(index)) {
            throw new JinjaException("a format has more places than arguments");
        }
        return arguments.get(index);
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty()
                && name.length() < 10
                && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
