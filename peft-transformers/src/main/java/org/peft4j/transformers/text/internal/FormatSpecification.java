package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.core.files.PythonNumbers;

/** Python's format specifications: what stands behind the colon in {@code "{:>8,.2f}"}. */
final class FormatSpecification {

    private static final Pattern SPECIFICATION =
            Pattern.compile(
                    "(?s)(?:(.[\\x{10000}-\\x{10FFFF}]?)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\\d+)?([,_])?(?:\\.(\\d+))?([a-zA-Z%])?");

    private final String fill;
    private final char align;
    private final String sign;
    private final boolean alternate;
    private final boolean negativeZero;
    private final long width;
    private final String grouping;
    private final long precision;
    private final char type;

    private FormatSpecification(String text) {
        Matcher parts = SPECIFICATION.matcher(text);
        if (!parts.matches()) {
            throw new JinjaException("the format specification \"" + text + "\" is wrong");
        }
        boolean zero = parts.group(6) != null;
        String given = parts.group(1);
        fill = given != null ? given : zero && parts.group(2) == null ? "0" : " ";
        align = parts.group(2) != null ? parts.group(2).charAt(0) : zero ? '0' : ' ';
        sign = parts.group(3) == null ? "" : parts.group(3);
        negativeZero = parts.group(4) != null;
        alternate = parts.group(5) != null;
        width = number(parts.group(7), 0);
        grouping = parts.group(8) == null ? "" : parts.group(8);
        precision = number(parts.group(9), -1);
        type = parts.group(10) == null ? ' ' : parts.group(10).charAt(0);
    }

    private static long number(@org.jspecify.annotations.Nullable String digits, long otherwise) {
        if (digits == null) {
            return otherwise;
        }
        if (digits.length() > 9) {
            throw new JinjaException("a width or precision of a format is too large");
        }
        return Long.parseLong(digits);
    }

    static String apply(Object value, String specification, Budget budget) {
        if (value instanceof Undefined || !(Values.isText(value) || Numbers.isNumber(value))) {
            if (specification.isEmpty()) {
                return Values.text(value, budget);
            }
            throw new JinjaException(
                    "a " + Values.typeName(value) + " takes no format specification");
        }
        if (specification.isEmpty()) {
            return Values.text(value, budget);
        }
        FormatSpecification parsed = new FormatSpecification(specification);
        budget.make(parsed.width);
        return Values.isText(value)
                ? parsed.text(Values.requireText(value))
                : parsed.number(value, budget);
    }

    private String text(String text) {
        if ((type != 's' && type != ' ')
                || !sign.isEmpty()
                || alternate
                || negativeZero
                || !grouping.isEmpty()
                || align == '=') {
            throw new JinjaException("a text does not fit its format specification");
        }
        String cut =
                precision >= 0 && precision < text.codePointCount(0, text.length())
                        ? text.substring(0, text.offsetByCodePoints(0, (int) precision))
                        : text;
        return padded("", cut, align == ' ' || align == '0' ? '<' : align);
    }

    private String number(Object value, Budget budget) {
        boolean real = value instanceof Double || "eEfFgG%".indexOf(type) >= 0;
        if (type == 's' || (real && "bcdoxX".indexOf(type) >= 0)) {
            throw new JinjaException("a number does not fit its format specification");
        }
        if (real) {
            return real(Numbers.real(value));
        }
        return whole(Numbers.big(value), budget);
    }

    private String whole(BigInteger value, Budget budget) {
        Numbers.requirePrintable(value);
        budget.read(value.bitLength());
        if (precision >= 0 || negativeZero || "bcdnoxX ".indexOf(type) < 0) {
            throw new JinjaException("a whole number does not fit its format specification");
        }
        if (type == 'c') {
            if (!sign.isEmpty() || !grouping.isEmpty() || alternate) {
                throw new JinjaException("a character does not fit its format specification");
            }
            if (value.signum() < 0
                    || value.bitLength() > 21
                    || !Character.isValidCodePoint(value.intValue())) {
                throw new JinjaException("a character is out of range");
            }
            String one = Character.toString(value.intValue());
            return padded("", one, align == ' ' ? '<' : align);
        }
        int radix = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
        if ((grouping.equals(",") && radix != 10) || (type == 'n' && !grouping.isEmpty())) {
            throw new JinjaException("',' does not go with the type " + type);
        }
        String digits = value.abs().toString(radix);
        String prefix = alternate && radix != 10 ? "0" + type : "";
        digits = type == 'X' ? PythonText.upper(digits) : digits;
        String before = sign(value.signum() < 0) + prefix;
        return padded(before, number(digits, radix != 10, before), align == ' ' ? '>' : align);
    }

    private String real(double value) {
        if (type != ' ' && "eEfFgGn%".indexOf(type) < 0) {
            throw new JinjaException("a float does not fit its format specification");
        }
        if (type == 'n' && !grouping.isEmpty()) {
            throw new JinjaException("a grouping does not go with the type n");
        }
        String text = digits(type == '%' ? value * 100 : value);
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        if (negativeZero
                && text.chars().noneMatch(c -> c >= '1' && c <= '9')
                && Double.isFinite(value)) {
            negative = false;
        }
        String before = sign(negative);
        return padded(before, number(text, false, before), align == ' ' ? '>' : align);
    }

    private String digits(double value) {
        return switch (type) {
            case ' ' -> {
                if (precision < 0) {
                    String text = PythonNumbers.repr(Math.abs(value));
                    yield alternate && !text.contains(".") && text.contains("e")
                            ? text.replace("e", ".e")
                            : text;
                }
                String text = FloatFormat.of(value, 'g', precision, alternate);
                int exponent = text.indexOf('e');
                yield exponent >= 0 || text.contains(".") || !Double.isFinite(value)
                        ? text
                        : withPoint(value, text);
            }
            case '%' -> FloatFormat.of(value, 'f', precision < 0 ? 6 : precision, alternate) + "%";
            case 'n' -> FloatFormat.of(value, 'g', precision < 0 ? 6 : precision, alternate);
            default -> FloatFormat.of(value, type, precision < 0 ? 6 : precision, alternate);
        };
    }

    /** Without a type a float shows a digit behind its point, for which it needs room. */
    private String withPoint(double value, String text) {
        if (text.length() < Math.max(1, precision)) {
            return text + ".0";
        }
        String scientific = FloatFormat.of(value, 'e', Math.max(1, precision) - 1, alternate);
        int mark = scientific.indexOf('e');
        String digits = scientific.substring(0, mark);
        while (digits.contains(".") && (digits.endsWith("0") || digits.endsWith("."))) {
            digits = digits.substring(0, digits.length() - 1);
        }
        return digits + scientific.substring(mark);
    }

    private String sign(boolean negative) {
        return negative ? "-" : sign.equals("-") ? "" : sign;
    }

    /** Groups the digits before the point; zeros that fill are grouped too. */
    private String number(String text, boolean byFour, String before) {
        boolean zeros = align == '0' || (align == '=' && fill.equals("0"));
        int whole = 0;
        while (whole < text.length()
                && Character.digit(text.charAt(whole), 16) >= 0
                && (byFour || text.charAt(whole) <= '9')) {
            whole++;
        }
        String digits = text.substring(0, whole);
        String rest = text.substring(whole);
        long room = zeros ? width - before.length() - rest.length() : 0;
        if (grouping.isEmpty() || whole == 0) {
            return zeros && align == '0'
                    ? "0".repeat((int) Math.max(0, room - whole)) + text
                    : text;
        }
        int size = byFour ? 4 : 3;
        StringBuilder out = new StringBuilder();
        int left = digits.length();
        int inGroup = 0;
        while (left > 0 || out.length() < room) {
            if (inGroup == size) {
                out.append(grouping);
                inGroup = 0;
                if (left <= 0 && out.length() >= room) {
                    out.append('0');
                    break;
                }
            }
            out.append(left > 0 ? digits.charAt(left - 1) : '0');
            left--;
            inGroup++;
        }
        return out.reverse() + rest;
    }

    private String padded(String before, String body, char how) {
        long missing = Math.max(0, width - before.length() - body.codePointCount(0, body.length()));
        int left =
                switch (how) {
                    case '<' -> 0;
                    case '^' -> (int) (missing / 2);
                    default -> (int) missing;
                };
        String filled = fill.repeat(left);
        String behind = fill.repeat((int) missing - left);
        return how == '=' || how == '0' ? before + filled + body : filled + before + body + behind;
    }
}
