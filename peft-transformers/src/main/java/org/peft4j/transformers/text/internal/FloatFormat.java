package org.peft4j.transformers.text.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** The digits of floats as C writes them: of the exact value, half to even. */
final class FloatFormat {

    private static final int MOST_DIGITS = 1000;

    private FloatFormat() {}

    /**
     * Writes a float without its sign.
     *
     * @param type one of e, f, g, or their capitals
     * @param alternate whether the point stays, and with g the zeros behind it
     */
    static String of(double value, char type, long precision, boolean alternate) {
        boolean capital = Character.isUpperCase(type);
        if (!Double.isFinite(value)) {
            String name = Double.isNaN(value) ? "nan" : "inf";
            return capital ? PythonText.upper(name) : name;
        }
        if (precision > MOST_DIGITS) {
            throw new JinjaException("a format has a precision over " + MOST_DIGITS);
        }
        BigDecimal exact = new BigDecimal(Math.abs(value));
        String text =
                switch (Character.toLowerCase(type)) {
                    case 'f' -> fixed(exact, (int) precision, alternate);
                    case 'e' -> scientific(exact, (int) precision, alternate);
                    default -> general(exact, Math.max(1, (int) precision), alternate);
                };
        return capital ? PythonText.upper(text) : text;
    }

    private static String fixed(BigDecimal exact, int precision, boolean alternate) {
        String text = exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && precision == 0 ? text + "." : text;
    }

    private static String scientific(BigDecimal exact, int precision, boolean alternate) {
        BigDecimal rounded = exact.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int exponent = exact.signum() == 0 ? 0 : digits.length() - rounded.scale() - 1;
        String all =
                digits.length() > precision + 1
                        ? digits.substring(0, precision + 1)
                        : digits + "0".repeat(precision + 1 - digits.length());
        String point = precision > 0 || alternate ? "." : "";
        return all.charAt(0) + point + all.substring(1) + exponent(exponent);
    }

    private static String exponent(int exponent) {
        int size = Math.abs(exponent);
        return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
    }

    private static String general(BigDecimal exact, int precision, boolean alternate) {
        String scientific = scientific(exact, precision - 1, alternate);
        int mark = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific, mark + 1, scientific.length(), 10);
        boolean small = exponent >= -4 && exponent < precision;
        String digits =
                small
                        ? fixed(exact, precision - 1 - exponent, alternate)
                        : scientific.substring(0, mark);
        if (!alternate && digits.contains(".")) {
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            digits = digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
        }
        return small ? digits : digits + exponent(exponent);
    }
}
