package org.peft4j.transformers.text.internal;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What values are to Python. A value is {@link None}, {@link Undefined}, a Boolean, Long, Double,
 * String, List, Map, {@link Namespace}, {@link Callable} or {@link LoopState}; a list is a tuple
 * too.
 */
final class Python {

    private Python() {}

    static boolean truth(Object value) {
        if (value instanceof Boolean b) {
            return b;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return !(value instanceof Undefined) && value != None.NONE;
    }

    static String typeName(Object value) {
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "dict";
        }
        if (value == None.NONE) {
            return "None";
        }
        return value instanceof Namespace ? "namespace" : "function";
    }

    /** What {@code str} gives. */
    static String text(Object value, Budget budget) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Undefined) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        represent(value, out, budget);
        return out.toString();
    }

    /** What {@code repr} gives. */
    static void represent(Object value, StringBuilder out, Budget budget) {
        budget.spend(1);
        Budget.requireLength(out.length());
        if (value instanceof String text) {
            budget.read(text.length());
            quote(text, out);
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object item : list) {
                represent(item, out.append(separator), budget);
                separator = ", ";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                represent(entry.getKey(), out.append(separator), budget);
                represent(entry.getValue(), out.append(": "), budget);
                separator = ", ";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Boolean b) {
            out.append(b ? "True" : "False");
        } else if (value instanceof Double number) {
            out.append(decimal(number));
        } else if (value instanceof Long || value instanceof None) {
            out.append(value == None.NONE ? "None" : value);
        } else {
            out.append(
                    value instanceof Undefined ? "Undefined" : "<" + typeName(value) + " object>");
        }
    }

    private static void quote(String text, StringBuilder out) {
        char mark = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(mark);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == mark) {
                        out.append('\\').append(c);
                    } else if (c < ' ' || c == 0x7F) {
                        out.append(String.format("\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append(mark);
    }

    /** A float as Python writes it: the shortest digits, an exponent from 1e16 and below 1e-4. */
    static String decimal(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size != 0 && (size < 1e-4 || size >= 1e16)) {
            BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
            int exponent = exact.precision() - exact.scale() - 1;
            String digits = exact.movePointLeft(exponent).toPlainString();
            return digits
                    + (exponent < 0 ? "e-" : "e+")
                    + (Math.abs(exponent) < 10 ? "0" : "")
                    + Math.abs(exponent);
        }
        String plain = new BigDecimal(Double.toString(number)).toPlainString();
        return number == 0 && 1 / number < 0 ? "-0.0" : plain;
    }

    /** What {@code for} goes through. */
    static List<Object> items(Object value) {
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            return text.codePoints().<Object>mapToObj(Character::toString).toList();
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        throw new JinjaException("a " + typeName(value) + " is not iterable");
    }

    /** The number of items, or of code points. */
    static long length(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw new JinjaException("a " + typeName(value) + " has no length");
    }

    /** A value that can be a key. Numbers that are equal are one key. */
    static Object key(Object value) {
        if (value instanceof String
                || value instanceof Long
                || value instanceof None
                || value instanceof Undefined) {
            return value;
        }
        if (value instanceof Boolean b) {
            return b ? 1L : 0L;
        }
        if (value instanceof Double number) {
            return number == Math.rint(number) && Math.abs(number) < 1L << 53
                    ? (Object) number.longValue()
                    : number;
        }
        throw new JinjaException("a " + typeName(value) + " cannot be a key");
    }

    static long whole(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean b) {
            return b ? 1 : 0;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new JinjaException("a " + typeName(value) + " is not a whole number");
    }

    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || codePoint == 0x85;
    }
}
