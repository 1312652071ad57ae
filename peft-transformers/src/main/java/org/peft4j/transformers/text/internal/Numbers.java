package org.peft4j.transformers.text.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's arithmetic on whole numbers of any size and floats. */
final class Numbers {

    /** The longest whole number in bits: what is longer than 4300 digits, Python does not print. */
    private static final int MOST_BITS = 1 << 15;

    private static final int MOST_DIGITS = 4300;

    /** Up to here powers are computed exactly, so that they are rounded once. */
    private static final int EXACT_POWER = 64;

    private Numbers() {}

    static boolean isNumber(Object value) {
        return value instanceof Double || isWhole(value);
    }

    static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
    }

    static BigInteger big(Object whole) {
        return whole instanceof BigInteger big ? big : BigInteger.valueOf(Values.whole(whole));
    }

    /** A whole number as short as it can be. */
    static Object whole(BigInteger value) {
        if (value.bitLength() > MOST_BITS) {
            throw new JinjaException("a whole number grows too large");
        }
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    static void requirePrintable(BigInteger value) {
        if (value.bitLength() > 14_000 && value.abs().toString().length() > MOST_DIGITS) {
            throw new JinjaException("a whole number has more than " + MOST_DIGITS + " digits");
        }
    }

    static double real(Object number) {
        if (number instanceof Double real) {
            return real;
        }
        if (number instanceof BigInteger big) {
            double real = big.doubleValue();
            if (Double.isInfinite(real)) {
                throw new JinjaException("a whole number is too large for a float");
            }
            return real;
        }
        return (double) Values.whole(number);
    }

    /** A float without its fraction. */
    static Object truncated(double value) {
        if (!Double.isFinite(value)) {
            throw new JinjaException("a float that is not finite is no whole number");
        }
        return whole(new BigDecimal(value).toBigInteger());
    }

    static Object negative(Object number) {
        return number instanceof Double real ? (Object) (-real) : whole(big(number).negate());
    }

    static Object apply(String operator, Object left, Object right, Budget budget) {
        if (left instanceof Double || right instanceof Double) {
            return real(operator, real(left), real(right));
        }
        BigInteger a = big(left);
        BigInteger b = big(right);
        budget.spend(((long) a.bitLength() * b.bitLength()) / 65_536);
        return switch (operator) {
            case "+" -> whole(a.add(b));
            case "-" -> whole(a.subtract(b));
            case "*" -> whole(a.multiply(b));
            case "/" -> quotient(a, b);
            case "//" -> whole(floor(a, b)[0]);
            case "%" -> whole(floor(a, b)[1]);
            case "**" -> power(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static BigInteger[] floor(BigInteger a, BigInteger b) {
        requireDivisor(b.signum() != 0);
        BigInteger[] parts = a.divideAndRemainder(b);
        if (parts[1].signum() != 0 && parts[1].signum() != b.signum()) {
            parts[0] = parts[0].subtract(BigInteger.ONE);
            parts[1] = parts[1].add(b);
        }
        return parts;
    }

    private static double quotient(BigInteger a, BigInteger b) {
        requireDivisor(b.signum() != 0);
        if (a.bitLength() <= 53 && b.bitLength() <= 53) {
            return a.doubleValue() / b.doubleValue();
        }
        double quotient =
                new BigDecimal(a)
                        .divide(new BigDecimal(b), new MathContext(400, RoundingMode.HALF_EVEN))
                        .doubleValue();
        return requireFinite(quotient);
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return real("**", real(whole(base)), real(whole(exponent)));
        }
        long bits = Math.max(1, base.bitLength());
        boolean small = base.abs().compareTo(BigInteger.ONE) <= 0;
        if (small) {
            boolean odd = exponent.testBit(0);
            return exponent.signum() == 0 || (base.signum() < 0 && !odd)
                    ? (Object) 1L
                    : (Object) base.longValue();
        }
        if (exponent.bitLength() > 31 || bits * exponent.longValue() > 2L * MOST_BITS) {
            throw new JinjaException("a whole number grows too large");
        }
        return whole(base.pow(exponent.intValue()));
    }

    private static Object real(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> {
                requireDivisor(b != 0);
                yield a / b;
            }
            case "//" -> floor(a, b)[0];
            case "%" -> floor(a, b)[1];
            case "**" -> power(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    /** The quotient and the remainder as CPython computes them. */
    private static double[] floor(double a, double b) {
        requireDivisor(b != 0);
        double rest = a % b;
        double quotient = (a - rest) / b;
        if (rest == 0) {
            rest = Math.copySign(0.0, b);
        } else if ((b < 0) != (rest < 0)) {
            rest += b;
            quotient -= 1;
        }
        if (quotient == 0) {
            return new double[] {Math.copySign(0.0, a / b), rest};
        }
        double floor = Math.floor(quotient);
        return new double[] {quotient - floor > 0.5 ? floor + 1 : floor, rest};
    }

    private static double power(double a, double b) {
        if (a == 0 && b < 0) {
            throw new JinjaException("zero cannot be raised to a negative power");
        }
        if (a < 0 && Double.isFinite(a) && Double.isFinite(b) && b != Math.rint(b)) {
            throw new JinjaException("a power of a negative number is complex");
        }
        if (a == 1 || b == 0) {
            return 1;
        }
        if (a == -1 && Double.isInfinite(b)) {
            return 1;
        }
        double power = Math.pow(a, b);
        boolean finite = Double.isFinite(a) && Double.isFinite(b);
        if (finite && b == Math.rint(b) && Math.abs(b) <= EXACT_POWER && a != 0 && power != 0) {
            BigDecimal exact = new BigDecimal(a).pow((int) Math.abs(b), new MathContext(400));
            power =
                    b > 0
                            ? exact.doubleValue()
                            : BigDecimal.ONE.divide(exact, new MathContext(400)).doubleValue();
        }
        return finite ? requireFinite(power) : power;
    }

    private static double requireFinite(double value) {
        if (Double.isInfinite(value)) {
            throw new JinjaException("a float grows too large");
        }
        return value;
    }

    private static void requireDivisor(boolean holds) {
        if (!holds) {
            throw new JinjaException("a number is divided by zero");
        }
    }

    /** What {@code round} gives: half to even, of the exact value. */
    static Object round(Object number, long digits) {
        if (number instanceof Double real) {
            if (!Double.isFinite(real) || digits > 330) {
                return real;
            }
            double rounded =
                    digits < -330
                            ? 0
                            : new BigDecimal(real)
                                    .setScale((int) digits, RoundingMode.HALF_EVEN)
                                    .doubleValue();
            return Math.copySign(requireFinite(rounded), real);
        }
        BigInteger whole = big(number);
        if (digits >= 0) {
            return whole(whole);
        }
        return digits < -MOST_BITS
                ? (Object) 0L
                : whole(
                        new BigDecimal(whole)
                                .setScale((int) digits, RoundingMode.HALF_EVEN)
                                .toBigIntegerExact());
    }
}
