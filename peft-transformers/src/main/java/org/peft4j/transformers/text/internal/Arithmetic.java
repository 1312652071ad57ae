package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic on whole numbers of 64 bits, floats, texts and lists. */
final class Arithmetic {

    private Arithmetic() {}

    static Object apply(String operator, Object left, Object right) {
        if (left instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (operator.equals("%") && left instanceof String pattern) {
            return Formats.percent(pattern, right);
        }
        if (Comparisons.isNumber(left) && Comparisons.isNumber(right)) {
            try {
                return left instanceof Double || right instanceof Double
                        ? real(operator, real(left), real(right))
                        : whole(operator, Python.whole(left), Python.whole(right));
            } catch (ArithmeticException e) {
                throw new JinjaException("a number is divided by zero or grows too large");
            }
        }
        if (operator.equals("+")) {
            if (left instanceof String a && right instanceof String b) {
                Budget.requireLength((long) a.length() + b.length());
                return a + b;
            }
            if (left instanceof List<?> a && right instanceof List<?> b) {
                Budget.requireLength((long) a.size() + b.size());
                List<Object> both = new ArrayList<>(a);
                both.addAll(b);
                return both;
            }
        }
        if (operator.equals("*")) {
            if (left instanceof Long times && !(right instanceof Long)) {
                return repeat(right, times);
            }
            if (right instanceof Long times) {
                return repeat(left, times);
            }
        }
        throw new JinjaException(
                "'"
                        + operator
                        + "' cannot join a "
                        + Python.typeName(left)
                        + " and a "
                        + Python.typeName(right));
    }

    private static Object repeat(Object value, long times) {
        long count = Math.max(times, 0);
        if (value instanceof String text) {
            Budget.requireLength(
                    count > Budget.LONGEST && !text.isEmpty() ? count : count * text.length());
            return text.isEmpty() ? "" : text.repeat((int) count);
        }
        if (value instanceof List<?> list) {
            Budget.requireLength(
                    count > Budget.LONGEST && !list.isEmpty() ? count : count * list.size());
            List<Object> repeated = new ArrayList<>();
            for (long i = 0; i < count && !list.isEmpty(); i++) {
                repeated.addAll(list);
            }
            return repeated;
        }
        throw new JinjaException("a " + Python.typeName(value) + " cannot be repeated");
    }

    static Object requireNumber(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!Comparisons.isNumber(value)) {
            throw new JinjaException("a " + Python.typeName(value) + " has no sign");
        }
        return value;
    }

    static double real(Object number) {
        return number instanceof Double real ? real : (double) Python.whole(number);
    }

    private static Object whole(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            case "/" -> divide((double) a, (double) b);
            case "**" -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1) {
            return exponent == 0 ? 1 : base;
        }
        if (base == -1) {
            return exponent % 2 == 0 ? 1 : -1;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static Object real(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> divide(a, b);
            case "//" -> Math.floor(divide(a, b));
            case "%" -> a - b * Math.floor(divide(a, b));
            case "**" -> Math.pow(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static double divide(double a, double b) {
        if (b == 0) {
            throw new ArithmeticException();
        }
        return a / b;
    }
}
