package org.peft4j.transformers.text.internal;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's comparisons: nothing is converted but numbers. */
final class Comparisons {

    private static final int NAN = 2;

    private Comparisons() {}

    static boolean compare(String operator, Object left, Object right, Budget budget) {
        return switch (operator) {
            case "==" -> equal(left, right, budget);
            case "!=" -> !equal(left, right, budget);
            case "<" -> order(left, right, budget) == -1;
            case ">" -> order(left, right, budget) == 1;
            case "<=" -> atMost(left, right, -1, budget);
            case ">=" -> atMost(left, right, 1, budget);
            case "in" -> contains(right, left, budget);
            case "not in" -> !contains(right, left, budget);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static boolean atMost(Object left, Object right, int sign, Budget budget) {
        int order = order(left, right, budget);
        return order == 0 || order == sign;
    }

    static boolean equal(Object left, Object right, Budget budget) {
        budget.spend(1);
        if (Values.isText(left) && Values.isText(right)) {
            String a = Values.requireText(left);
            String b = Values.requireText(right);
            if (a.length() == b.length()) {
                budget.read(a.length());
            }
            return a.equals(b);
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return number(left, right) == 0;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() != b.size() || (a instanceof Tuple) != (b instanceof Tuple)) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!same(a.get(i), b.get(i), budget)) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return equalDicts(a, b, budget);
        }
        if (left instanceof Range a && right instanceof Range b) {
            return a.size() == b.size()
                    && (a.size() == 0
                            || (a.start() == b.start() && (a.size() == 1 || a.step() == b.step())));
        }
        if (left instanceof DictView || right instanceof DictView) {
            return left == right || equalViews(left, right);
        }
        return left == right || (left instanceof Undefined && right instanceof Undefined);
    }

    private static boolean equalViews(Object left, Object right) {
        if (left instanceof DictView a
                && right instanceof DictView b
                && !a.kind().equals("values")
                && !b.kind().equals("values")) {
            throw new JinjaException("views of dicts cannot be compared here; make lists of them");
        }
        return false;
    }

    private static boolean equalDicts(Map<?, ?> a, Map<?, ?> b, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            Object other = Dicts.get(b, entry.getKey());
            if (other == null || !same(entry.getValue(), other, budget)) {
                return false;
            }
        }
        return true;
    }

    /** Whether items are the same one or equal; not a number is the same as itself. */
    private static boolean same(Object left, Object right, Budget budget) {
        return left == right || equal(left, right, budget);
    }

    /** Returns -1, 0 or 1, or 2 if one is not a number. */
    static int order(Object left, Object right, Budget budget) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return number(left, right);
        }
        if (Values.isText(left) && Values.isText(right)) {
            String a = Values.requireText(left);
            String b = Values.requireText(right);
            budget.read(Math.min(a.length(), b.length()));
            return codePointOrder(a, b);
        }
        if (left instanceof List<?> a
                && right instanceof List<?> b
                && (a instanceof Tuple) == (b instanceof Tuple)) {
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                if (!same(a.get(i), b.get(i), budget)) {
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
                        + Values.typeName(left)
                        + " and a "
                        + Values.typeName(right)
                        + " have no order");
    }

    static boolean contains(Object container, Object item, Budget budget) {
        if (Values.isText(container)) {
            if (!Values.isText(item)) {
                throw item instanceof Undefined undefined
                        ? undefined.error()
                        : new JinjaException("a " + Values.typeName(item) + " cannot be in a text");
            }
            return Search.contains(Values.requireText(container), Values.requireText(item), budget);
        }
        if (container instanceof Map<?, ?> map) {
            return Dicts.get(map, item) != null;
        }
        if (container instanceof DictView view && view.kind().equals("keys")) {
            return Dicts.get(view.map(), item) != null;
        }
        if (container instanceof List<?> list) {
            for (Object other : list) {
                if (same(other, item, budget)) {
                    return true;
                }
            }
            return false;
        }
        Iterator<Object> items = Values.iterator(container, budget);
        while (items.hasNext()) {
            if (same(items.next(), item, budget)) {
                return true;
            }
        }
        return false;
    }

    /** Compares numbers exactly; returns 2 if one is not a number. */
    static int number(Object left, Object right) {
        if (left instanceof Double a && right instanceof Double b) {
            return a.isNaN() || b.isNaN() ? NAN : a < b ? -1 : a > b ? 1 : 0;
        }
        if (left instanceof Double a) {
            return exact(a, right);
        }
        if (right instanceof Double b) {
            int order = exact(b, left);
            return order == NAN ? NAN : -order;
        }
        return left instanceof Long a && right instanceof Long b
                ? Long.compare(a, b)
                : Numbers.big(left).compareTo(Numbers.big(right));
    }

    private static int exact(double real, Object whole) {
        if (Double.isNaN(real)) {
            return NAN;
        }
        return Double.isInfinite(real)
                ? real > 0 ? 1 : -1
                : new BigDecimal(real).compareTo(new BigDecimal(Numbers.big(whole)));
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
