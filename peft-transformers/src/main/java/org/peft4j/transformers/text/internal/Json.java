package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Map;

/** JSON as Python's {@code json.dumps} writes it, which {@code tojson} is in chat templates. */
final class Json {

    private final StringBuilder out = new StringBuilder();
    private final Budget budget;
    private final boolean ascii;
    private final boolean sorted;
    private final String indent;
    private final String itemSeparator;
    private final String keySeparator;

    private Json(Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "ensure_ascii", "indent", "separators", "sort_keys");
        this.budget = budget;
        this.ascii = arguments.flag(0);
        this.indent = indent(arguments.get(1, None.NONE));
        this.sorted = arguments.flag(3);
        Object separators = arguments.get(2, None.NONE);
        if (separators == None.NONE) {
            this.itemSeparator = indent.isEmpty() ? ", " : ",";
            this.keySeparator = ": ";
        } else if (separators instanceof List<?> two && two.size() == 2) {
            this.itemSeparator = Values.requireText(two.get(0));
            this.keySeparator = Values.requireText(two.get(1));
        } else {
            throw new JinjaException("the separators of tojson must be two texts");
        }
    }

    static String dump(Object value, Arguments arguments, Budget budget) {
        Json json = new Json(arguments, budget);
        json.write(value, json.indent.isEmpty() ? "" : "\n");
        return json.out.toString();
    }

    /** The indent of one level behind a mark that tells an indent of 0 from none. */
    private static String indent(Object value) {
        if (value == None.NONE) {
            return "";
        }
        if (Values.isText(value)) {
            return "\n" + Values.requireText(value);
        }
        long width = Values.whole(value);
        if (width > 100) {
            throw new JinjaException("tojson cannot indent by " + width);
        }
        return "\n" + " ".repeat((int) Math.max(0, width));
    }

    private void write(Object value, String line) {
        budget.spend(1);
        Budget.requireLength(out.length());
        if (Values.isText(value)) {
            string(Values.requireText(value));
        } else if (Numbers.isNumber(value)) {
            out.append(number(value));
        } else if (value == None.NONE) {
            out.append("null");
        } else if (value instanceof List<?> list) {
            list(list, line);
        } else if (value instanceof Map<?, ?> map) {
            map(map, line);
        } else {
            throw new JinjaException(
                    value instanceof Undefined undefined
                            ? undefined.hint()
                            : "a " + Values.typeName(value) + " is not JSON");
        }
    }

    private String number(Object value) {
        if (value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }
        return Representation.number(value, budget);
    }

    private void separate(String separator) {
        budget.make(separator.length());
        Budget.requireLength((long) out.length() + separator.length());
        out.append(separator);
    }

    private void list(List<?> list, String line) {
        String inner = inner(line);
        String separator = "[" + inner;
        for (Object item : list) {
            separate(separator);
            write(item, inner);
            separator = itemSeparator + inner;
        }
        out.append(list.isEmpty() ? "[]" : line + "]");
    }

    private void map(Map<?, ?> map, String line) {
        String inner = inner(line);
        String separator = "{" + inner;
        List<? extends Map.Entry<?, ?>> entries = List.copyOf(map.entrySet());
        if (sorted) {
            entries =
                    entries.stream()
                            .sorted((a, b) -> Comparisons.order(a.getKey(), b.getKey(), budget))
                            .toList();
        }
        for (Map.Entry<?, ?> entry : entries) {
            separate(separator);
            string(key(entry.getKey()));
            separate(keySeparator);
            write(entry.getValue(), inner);
            separator = itemSeparator + inner;
        }
        out.append(map.isEmpty() ? "{}" : line + "}");
    }

    private String key(Object key) {
        if (Numbers.isNumber(key)) {
            return number(key);
        }
        return key == None.NONE ? "null" : Values.requireText(key);
    }

    private String inner(String line) {
        if (indent.isEmpty()) {
            return "";
        }
        budget.make((long) line.length() + indent.length());
        return line + indent.substring(1);
    }

    private void string(String text) {
        budget.make(text.length());
        Budget.requireLength((long) out.length() + text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || (ascii && c > '~')) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
