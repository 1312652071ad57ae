package org.peft4j.transformers.text.internal;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Dates as C's {@code strftime} writes them in English. */
final class Strftime {

    private static final String FLAGS = "-_0^#";

    private final ZonedDateTime now;

    private Strftime(ZonedDateTime now) {
        this.now = now;
    }

    static String format(Clock clock, String format, Budget budget) {
        budget.make(30L * format.length());
        return new Strftime(ZonedDateTime.now(clock)).format(format);
    }

    private String format(String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char kind = format.charAt(++i);
            char flag = ' ';
            if (FLAGS.indexOf(kind) >= 0 && i + 1 < format.length()) {
                flag = kind;
                kind = format.charAt(++i);
            }
            if ((kind >= '0' && kind <= '9') || "EO:-_^#+".indexOf(kind) >= 0) {
                throw new JinjaException(
                        "strftime_now does not know widths and more than one flag");
            }
            if (kind == 'f' && flag != ' ') {
                throw new JinjaException("strftime_now knows no flag of microseconds");
            }
            out.append(flagged(kind, flag));
        }
        return out.toString();
    }

    private String flagged(char kind, char flag) {
        String text = field(kind);
        if (text.isEmpty() && "zZ".indexOf(kind) < 0) {
            String verbatim = "%" + (flag == ' ' ? "" : flag) + kind;
            return flag == '^' ? PythonText.upper(verbatim) : verbatim;
        }
        boolean padded = "dHIMSmjUVWyCgekl".indexOf(kind) >= 0;
        return switch (flag) {
            case '-' -> padded ? text.replaceFirst("^[0 ]+(?=\\d)", "") : text;
            case '_' -> padded ? blanks(text) : text;
            case '0' -> padded ? text.replace(' ', '0') : text;
            case '^' -> kind == 'P' ? text : PythonText.upper(text);
            case '#' ->
                    kind == 'p'
                            ? PythonText.lower(text)
                            : "aAbBh".indexOf(kind) >= 0 ? PythonText.upper(text) : text;
            default -> text;
        };
    }

    private static String blanks(String text) {
        int zeros = 0;
        while (zeros < text.length() - 1 && text.charAt(zeros) == '0') {
            zeros++;
        }
        return " ".repeat(zeros) + text.substring(zeros);
    }

    /** One field, or nothing if C does not know it. */
    private String field(char kind) {
        int weekday = now.getDayOfWeek().getValue();
        return switch (kind) {
            case '%' -> "%";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'Y' -> String.valueOf(now.getYear());
            case 'C' -> two(now.getYear() / 100);
            case 'y' -> two(now.getYear() % 100);
            case 'G' -> String.valueOf(now.get(IsoFields.WEEK_BASED_YEAR));
            case 'g' -> two(now.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'V' -> two(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'U' -> two((now.getDayOfYear() + 6 - weekday % 7) / 7);
            case 'W' -> two((now.getDayOfYear() + 6 - (weekday + 6) % 7) / 7);
            case 'm' -> two(now.getMonthValue());
            case 'd' -> two(now.getDayOfMonth());
            case 'e' -> String.format("%2d", now.getDayOfMonth());
            case 'j' -> String.format("%03d", now.getDayOfYear());
            case 'H' -> two(now.getHour());
            case 'k' -> String.format("%2d", now.getHour());
            case 'I' -> two(now.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'l' -> String.format("%2d", now.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'M' -> two(now.getMinute());
            case 'S' -> two(now.getSecond());
            case 'f' -> String.format("%06d", now.getNano() / 1000);
            case 's' -> String.valueOf(now.toEpochSecond());
            case 'u' -> String.valueOf(weekday);
            case 'w' -> String.valueOf(weekday % 7);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'P' -> now.getHour() < 12 ? "am" : "pm";
            case 'A', 'a', 'B', 'b', 'h' -> name(kind);
            case 'D', 'x' -> format("%m/%d/%y");
            case 'F' -> format("%Y-%m-%d");
            case 'T', 'X' -> format("%H:%M:%S");
            case 'R' -> format("%H:%M");
            case 'r' -> format("%I:%M:%S %p");
            case 'c' -> format("%a %b %e %H:%M:%S %Y");
            default -> ""; // Nor are %z and %Z anything: Python's datetime.now() knows no zone.
        };
    }

    private String name(char kind) {
        String pattern =
                switch (kind) {
                    case 'A' -> "EEEE";
                    case 'a' -> "EEE";
                    case 'B' -> "MMMM";
                    default -> "MMM";
                };
        return now.format(DateTimeFormatter.ofPattern(pattern, Locale.US));
    }

    private static String two(int number) {
        return String.format("%02d", number);
    }
}
