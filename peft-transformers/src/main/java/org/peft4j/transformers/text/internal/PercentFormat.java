package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code "%5.2f" % x}. */
final class PercentFormat {

    private static final Pattern PLACE =
            Pattern.compile(
                    "(?s)%(?:\\(([^()]*+)\\))?([#0\\- +]*+)(\\*|\\d*+)(?:\\.(\\*|\\d*+))?[hlL]?(.)?");

    private final Object argument;
    private final List<?> arguments;
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();
    private int used;
    private boolean named;

    private PercentFormat(Object argument, Budget budget) {
        this.argument = argument;
        this.arguments = argument instanceof Tuple tuple ? tuple : List.of(argument);
        this.budget = budget;
    }

    static String apply(String pattern, Object argument, Budget budget) {
        PercentFormat format = new PercentFormat(argument, budget);
        budget.make(pattern.length());
        Matcher places = PLACE.matcher(pattern);
        int at = 0;
        for (int open; (open = pattern.indexOf('%', at)) >= 0; at = places.end()) {
            format.out.append(pattern, at, open);
            if (!places.region(open, pattern.length()).lookingAt()) {
                throw new JinjaException("a format is wrong");
            }
            format.place(places);
            Budget.requireLength(format.out.length());
        }
        format.out.append(pattern, at, pattern.length());
        boolean collection =
                argument instanceof Map
                        || argument instanceof Range
                        || argument instanceof Undefined
                        || (argument instanceof List && !(argument instanceof Tuple));
        if (format.used < format.arguments.size() && !format.named && !collection) {
            throw new JinjaException("a format has more arguments than places");
        }
        return format.out.toString();
    }

    private Object next() {
        if (used == arguments.size() || named) {
            throw new JinjaException("a format has more places than arguments");
        }
        return arguments.get(used++);
    }

    private void place(Matcher place) {
        String kind = place.group(5);
        if (kind == null) {
            throw new JinjaException("a format ends inside a place");
        }
        Object value = None.NONE;
        if (place.group(1) != null) {
            if (!(argument instanceof Map<?, ?> map)) {
                throw new JinjaException("a format with names needs a dict");
            }
            Object found = Dicts.get(map, place.group(1));
            if (found == null) {
                throw new JinjaException(
                        "a format names '" + place.group(1) + "', which is not given");
            }
            value = found;
            named = true;
        }
        String flags = place.group(2);
        long width = number(place.group(3), 0);
        boolean left = flags.contains("-") || width < 0;
        width = width == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(width);
        String precision = place.group(4);
        long digits = precision == null ? -1 : Math.max(0, number(precision, 0));
        if (kind.equals("%")) {
            out.append('%');
            return;
        }
        if (place.group(1) == null) {
            value = next();
        }
        write(kind.charAt(0), flags, value, width, left, digits);
    }

    private long number(String digits, long otherwise) {
        if (digits.equals("*")) {
            Object star = next();
            if (!Numbers.isWhole(star)) {
                throw new JinjaException("a format's * needs a whole number");
            }
            return Values.whole(star);
        }
        if (digits.length() > 9) {
            throw new JinjaException("a width or precision of a format is too large");
        }
        return digits.isEmpty() ? otherwise : Long.parseLong(digits);
    }

    private void write(
            char kind, String flags, Object value, long width, boolean left, long digits) {
        switch (kind) {
            case 's' -> text(Values.text(value, budget), width, left, digits);
            case 'r' -> text(Representation.of(value, budget), width, left, digits);
            case 'a' -> text(AsciiText.of(Representation.of(value, budget)), width, left, digits);
            case 'c' -> text(character(value), width, left, -1);
            case 'd', 'i', 'u', 'o', 'x', 'X', 'e', 'E', 'f', 'F', 'g', 'G' -> {
                boolean real = "eEfFgG".indexOf(kind) >= 0;
                boolean negative = isNegative(value, real);
                String body =
                        real
                                ? FloatFormat.of(
                                        realOf(value),
                                        kind,
                                        digits < 0 ? 6 : digits,
                                        flags.contains("#"))
                                : whole(value, kind, digits);
                String sign =
                        negative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
                if (!real && flags.contains("#")) {
                    sign += kind == 'o' ? "0o" : kind == 'x' ? "0x" : kind == 'X' ? "0X" : "";
                }
                number(sign, body, width, left, flags.contains("0"));
            }
            default -> throw new JinjaException("the format %" + kind + " is not known");
        }
    }

    private static String character(Object value) {
        if (Numbers.isWhole(value)) {
            long code = Values.whole(value);
            if (code < 0 || code > Character.MAX_CODE_POINT) {
                throw new JinjaException("a format of a character needs one in range");
            }
            return Character.toString((int) code);
        }
        String text = Values.requireText(value);
        if (text.codePointCount(0, text.length()) != 1) {
            throw new JinjaException("a format of a character needs one");
        }
        return text;
    }

    private static double realOf(Object value) {
        if (!Numbers.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.error()
                    : new JinjaException(
                            "a format needs a number but has a " + Values.typeName(value));
        }
        return Numbers.real(value);
    }

    private static boolean isNegative(Object value, boolean real) {
        double number =
                realOf(
                        Numbers.isWhole(value) && !real
                                ? (Object) (double) Numbers.big(value).signum()
                                : value);
        return number < 0 || (real && 1 / number < 0);
    }

    private String whole(Object value, char kind, long digits) {
        boolean decimal = "diu".indexOf(kind) >= 0;
        if (!decimal && !Numbers.isWhole(value)) {
            throw new JinjaException("%" + kind + " needs a whole number");
        }
        Object whole = value instanceof Double real ? Numbers.truncated(real) : value;
        Numbers.requirePrintable(Numbers.big(whole));
        budget.read(Numbers.big(whole).bitLength());
        String text = Numbers.big(whole).abs().toString(decimal ? 10 : kind == 'o' ? 8 : 16);
        long missing = Math.max(0, digits - text.length());
        budget.make(missing);
        text = "0".repeat((int) missing) + text;
        return kind == 'X' ? PythonText.upper(text) : text;
    }

    private void text(String text, long width, boolean left, long digits) {
        String cut = text;
        if (digits >= 0 && digits < text.codePointCount(0, text.length())) {
            cut = text.substring(0, text.offsetByCodePoints(0, (int) digits));
        }
        append(cut, width, left);
    }

    private void number(String sign, String body, long width, boolean left, boolean zeros) {
        long missing = Math.max(0, width - sign.length() - body.length());
        if (zeros && !left) {
            budget.make(missing);
            append(sign + "0".repeat((int) missing) + body, 0, false);
        } else {
            append(sign + body, width, left);
        }
    }

    private void append(String text, long width, boolean left) {
        long missing = Math.max(0, width - text.codePointCount(0, text.length()));
        budget.make(missing + text.length());
        Budget.requireLength(out.length() + missing + text.length());
        String blanks = " ".repeat((int) missing);
        out.append(left ? "" : blanks).append(text).append(left ? blanks : "");
    }
}
