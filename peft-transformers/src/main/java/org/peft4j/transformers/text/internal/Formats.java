package org.peft4j.transformers.text.internal;

import java.util.List;

/** {@code "%s" % x} and {@code "{}".format(x)}, without widths and precisions. */
final class Formats {

    private Formats() {}

    static String percent(String pattern, Object argument) {
        List<Object> arguments =
                argument instanceof List<?> list ? List.copyOf(list) : List.of(argument);
        StringBuilder out = new StringBuilder();
        int used = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            char kind = ++i < pattern.length() ? pattern.charAt(i) : ' ';
            if (kind == '%') {
                out.append('%');
                continue;
            }
            if (used == arguments.size()) {
                throw new JinjaException("a format has more places than arguments");
            }
            Object value = arguments.get(used++);
            switch (kind) {
                case 's' -> out.append(Python.text(value, new Budget()));
                case 'r' -> Python.represent(value, out, new Budget());
                case 'd', 'i' -> out.append((long) Arithmetic.real(value));
                default -> throw new JinjaException("the format %" + kind + " is not known");
            }
            Budget.requireLength(out.length());
        }
        if (used < arguments.size()) {
            throw new JinjaException("a format has more arguments than places");
        }
        return out.toString();
    }

    static String braces(String pattern, Arguments arguments) {
        StringBuilder out = new StringBuilder();
        int automatic = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < pattern.length() && pattern.charAt(i + 1) == c) {
                out.append(c);
                i++;
            } else if (c == '{') {
                int close = pattern.indexOf('}', i);
                if (close < 0) {
                    throw new JinjaException("a '{' of a format is not closed");
                }
                String field = pattern.substring(i + 1, close);
                i = close;
                Object value =
                        field.isEmpty()
                                ? arguments.require(automatic++, "")
                                : field.chars().allMatch(d -> d >= '0' && d <= '9')
                                                && field.length() < 4
                                        ? arguments.require(Integer.parseInt(field), "")
                                        : arguments.require(Integer.MAX_VALUE, field);
                out.append(Python.text(value, new Budget()));
            } else {
                out.append(c);
            }
            Budget.requireLength(out.length());
        }
        return out.toString();
    }
}
