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

    private Json(Arguments arguments, Budget budget) {
        this.budget = budget;
        this.ascii = arguments.flag(0, "ensure_ascii");
        this.indent = indent(arguments.get(1, "indent", None.NONE));
        this.sorted = arguments.flag(3, "sort_keys");
        Object separators = arguments.get(2, "separators", None.NONE);
        if (separators instanceof List<?> two
                && two.size() == 2
                && two.get(0) instanceof String item
                && two.get(1) instanceof String key) {
            this.itemSeparator = item;
            this.keySeparator = key;
        } else {
            this.itemSeparator = indent.isEmpty() ? ", " : ",";
            this.keySeparator = ": ";
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
        if (value instanceof String text) {
            return "\n" + text;
        }
        long width = Python.whole(value);
        if (width > 100) {
            throw new JinjaException("tojson cannot indent by " + width);
        }
        return "\n" + " ".repeat((int) Math.max(0, width));
    }

    private void write(Object value, String line) {
        budget.spend(1);
        Budget.requireLength(out.length());
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof Boolean || value instanceof Long) {
            out.append(value);
        } else if (value == None.NONE) {
            out.append("null");
        } else if (value instanceof Double number) {
            out.append(
                    Double.isNaN(number)
                            ? "NaN"
                            : Double.isInfinite(number)
                                    ? number > 0 ? "Infinity" : "-Infinity"
                                    : Python.decimal(number));
        } else if (value instanceof List<?> list) {
            list(list, line);
        } else if (value instanceof Map<?, ?> map) {
            map(map, line);
        } else {
            throw new JinjaException(
                    value instanceof Undefined undefined
                            ? undefined.hint()
                            : "a " + Python.typeName(value) + " is not JSON");
        }
    }

    private void list(List<?> list, String line) {
        String inner = inner(line);
        String separator = "[" + inner;
        for (Object item : list) {
            out.append(separator);
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
            out.append(separator);
            string(entry.getKey() == None.NONE ? "null" : Python.text(entry.getKey(), budget));
            out.append(keySeparator);
            write(entry.getValue(), inner);
            separator = itemSeparator + inner;
        }
        out.append(map.isEmpty() ? "{}" : line + "}");
    }

    private String inner(String line) {
        return indent.isEmpty() ? "" : line + indent.substring(1);
    }

    private void string(String text) {
        budget.read(text.length());
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
