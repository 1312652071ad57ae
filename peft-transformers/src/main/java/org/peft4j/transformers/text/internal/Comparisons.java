package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Map;

/** Python's comparisons: nothing is converted but numbers. */
final class Comparisons {

    private Comparisons() {}

    static boolean compare(String operator, Object left, Object right, Budget budget) {
        return switch (operator) {
            case "==" -> equal(left, right, budget);
            case "!=" -> !equal(left, right, budget);
            case "<" -> order(left, right, budget) < 0;
            case "<=" -> order(left, right, budget) <= 0;
            case ">" -> order(left, right, budget) > 0;
            case ">=" -> order(left, right, budget) >= 0;
            case "in" -> contains(right, left, budget);
            case "not in" -> !contains(right, left, budget);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    static boolean equal(Object left, Object right, Budget budget) {
        budget.spend(1);
        if (left instanceof String a && right instanceof String b) {
            budget.read(Math.min(a.length(), b.length()));
            return a.equals(b);
        }
        if (isNumber(left) && isNumber(right)) {
            return number(left, right) == 0;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i), budget)) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (Map.Entry<?, ?> entry : a.entrySet()) {
                Object other = b.get(entry.getKey());
                if (other == null || !equal(entry.getValue(), other, budget)) {
                    return false;
                }
            }
            return true;
        }
        return left == right || (left instanceof Undefined && right instanceof Undefined);
    }

    static int order(Object left, Object right, Budget budget) {
        if (isNumber(left) && isNumber(right)) {
            return number(left, right);
        }
        if (left instanceof String a && right instanceof String b) {
            budget.read(Math.min(a.length(), b.length()));
            return codePointOrder(a, b);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                if (!equal(a.get(i), b.get(i), budget)) {
                    return order(a.get(i), b.get(i), budget);
                }
            }
            return Integer.compare(a.size(), b.size());
        }
        if (left instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new JinjaException(
                "a "
                        + Python.typeName(left)
                        + " and a "
                        + Python.typeName(right)
                        + " have no order");
    }

    static boolean contains(Object container, Object item, Budget budget) {
        if (container instanceof String text) {
            if (item instanceof String part) {
                budget.read(text.length());
                return text.contains(part);
            }
            throw new JinjaException("a " + Python.typeName(item) + " cannot be in a string");
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(Python.key(item));
        }
        for (Object other : Python.items(container)) {
            if (equal(other, item, budget)) {
                return true;
            }
        }
        return false;
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    private static int number(Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            double a = Arithmetic.real(left);
            double b = Arithmetic.real(right);
            return a == b ? 0 : Double.compare(a, b);
        }
        return Long.compare(Python.whole(left), Python.whole(right));
    }

    private static int codePointOrder(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == a.length() || i == b.length()) {
            return Integer.compare(a.length(), b.length());
        }
        return Integer.compare(a.codePointAt(i), b.codePointAt(i));
    }
}
