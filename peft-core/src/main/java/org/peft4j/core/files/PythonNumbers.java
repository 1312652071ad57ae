package org.peft4j.core.files;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;

/** How Python spells numbers. */
public final class PythonNumbers {

    private static final int MOST_DIGITS = 17;

    private PythonNumbers() {}

    /**
     * Spells a float as Python's {@code repr}: the shortest digits that read back the same, with an
     * exponent below 1e-4 and from 1e16 up.
     *
     * @param value the float; {@code nan}, {@code inf} and {@code -inf} where it is not finite
     * @return its text
     */
    public static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - shortest.scale() - 1;
        return (value < 0 ? "-" : "") + spell(digits, exponent);
    }

    /**
     * The JDK's own {@code Double.toString} is not always the shortest before JDK 19. Rounding to
     * nearest is not enough: below a power of two the doubles lie closer than above it.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            Optional<BigDecimal> rounded = roundTrip(exact, value, digits);
            if (rounded.isPresent()) {
                return rounded.get();
            }
        }
        return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
    }

    private static Optional<BigDecimal> roundTrip(BigDecimal exact, double value, int digits) {
        BigDecimal down = exact.round(new MathContext(digits, RoundingMode.DOWN));
        BigDecimal up = exact.round(new MathContext(digits, RoundingMode.UP));
        boolean downFits = down.doubleValue() == value;
        boolean upFits = up.doubleValue() == value;
        if (downFits && upFits) {
            return Optional.of(exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)));
        }
        if (downFits) {
            return Optional.of(down);
        }
        return upFits ? Optional.of(up) : Optional.empty();
    }

    /** Python turns to exponents below 1e-4 and from 1e16 up. */
    private static String spell(String digits, int exponent) {
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String sign = exponent < 0 ? "-" : "+";
            return digits.charAt(0)
                    + fraction
                    + "e"
                    + sign
                    + (Math.abs(exponent) < 10 ? "0" : "")
                    + Math.abs(exponent);
        }
        if (exponent < 0) {
            return "0." + "0".repeat(-exponent - 1) + digits;
        }
        int whole = exponent + 1;
        if (digits.length() <= whole) {
            return digits + "0".repeat(whole - digits.length()) + ".0";
        }
        return digits.substring(0, whole) + "." + digits.substring(whole);
    }
}
