package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;

/** Python's operators on numbers, texts, lists and tuples. */
final class Arithmetic {

    private Arithmetic() {}

    static Object apply(String operator, Object left, Object right, Budget budget) {
        if (left instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (operator.equals("%") && Values.isText(left)) {
            return percent(left, right, budget);
        }
        if (right instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.apply(operator, left, right, budget);
        }
        if (operator.equals("+")) {
            if (Values.isText(left) && Values.isText(right)) {
                return concatenate(left, right, budget);
            }
            if (left instanceof List<?> a
                    && right instanceof List<?> b
                    && (a instanceof Tuple) == (b instanceof Tuple)) {
                budget.makeItems((long) a.size() + b.size());
                List<Object> both = new ArrayList<>(a);
                both.addAll(b);
                return like(a, both);
            }
        }
        if (operator.equals("*")) {
            if (Numbers.isWhole(left)) {
                return repeat(right, Values.whole(left), budget);
            }
            if (Numbers.isWhole(right)) {
                return repeat(left, Values.whole(right), budget);
            }
        }
        throw new JinjaException(
                "'"
                        + operator
                        + "' cannot join a "
                        + Values.typeName(left)
                        + " and a "
                        + Values.typeName(right));
    }

    private static Object percent(Object pattern, Object argument, Budget budget) {
        if (pattern instanceof Markup) {
            throw new JinjaException("a text that is escaped cannot be a format here");
        }
        return PercentFormat.apply(Values.requireText(pattern), argument, budget);
    }

    private static Object concatenate(Object left, Object right, Budget budget) {
        if (left instanceof String a && right instanceof String b) {
            budget.make((long) a.length() + b.length());
            return a + b;
        }
        String both = Markup.escape(left, budget).text() + Markup.escape(right, budget).text();
        return new Markup(budget.pay(both));
    }

    private static Object repeat(Object value, long times, Budget budget) {
        if (times == Long.MAX_VALUE || times == Long.MIN_VALUE) {
            throw new JinjaException("a value cannot be repeated so often");
        }
        long count = Math.max(times, 0);
        if (Values.isText(value)) {
            String text = Values.requireText(value);
            budget.make(product(count, text.length()));
            String repeated = text.isEmpty() ? "" : text.repeat((int) count);
            return value instanceof Markup ? new Markup(repeated) : repeated;
        }
        if (value instanceof List<?> list) {
            budget.makeItems(product(count, list.size()));
            List<Object> repeated = new ArrayList<>();
            for (long i = 0; i < count && !list.isEmpty(); i++) {
                repeated.addAll(list);
            }
            return like(list, repeated);
        }
        throw new JinjaException("a " + Values.typeName(value) + " cannot be repeated");
    }

    private static long product(long count, int length) {
        return length == 0 ? 0 : count > Budget.LONGEST ? count : count * length;
    }

    /** Items as a tuple if they come of one. */
    static Object like(List<?> original, List<Object> items) {
        return original instanceof Tuple ? Tuple.copyOf(items) : items;
    }

    static Object sign(Object value, boolean minus) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!Numbers.isNumber(value)) {
            throw new JinjaException("a " + Values.typeName(value) + " has no sign");
        }
        if (minus) {
            return Numbers.negative(value);
        }
        return value instanceof Boolean ? (Object) Values.whole(value) : value;
    }
}
