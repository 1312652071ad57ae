package org.peft4j.transformers.text.internal;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Dates as C's {@code strftime} writes them in English. */
final class Strftime {

    private static final Map<Character, String> PATTERNS =
            Map.ofEntries(
                    Map.entry('Y', "yyyy"),
                    Map.entry('y', "yy"),
                    Map.entry('m', "MM"),
                    Map.entry('d', "dd"),
                    Map.entry('H', "HH"),
                    Map.entry('I', "hh"),
                    Map.entry('M', "mm"),
                    Map.entry('S', "ss"),
                    Map.entry('f', "SSSSSS"),
                    Map.entry('j', "DDD"),
                    Map.entry('p', "a"),
                    Map.entry('B', "MMMM"),
                    Map.entry('b', "MMM"),
                    Map.entry('h', "MMM"),
                    Map.entry('A', "EEEE"),
                    Map.entry('a', "EEE"),
                    Map.entry('F', "yyyy-MM-dd"),
                    Map.entry('T', "HH:mm:ss"),
                    Map.entry('R', "HH:mm"),
                    Map.entry('D', "MM/dd/yy"),
                    Map.entry('x', "MM/dd/yy"),
                    Map.entry('X', "HH:mm:ss"));

    private Strftime() {}

    static String format(Clock clock, String format) {
        ZonedDateTime now = ZonedDateTime.now(clock);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char kind = format.charAt(++i);
            boolean bare = kind == '-' && i + 1 < format.length();
            if (bare) {
                kind = format.charAt(++i);
            }
            String field = field(now, kind);
            out.append(bare ? field.replaceFirst("^0+(?=\\d)", "") : field);
        }
        return out.toString();
    }

    private static String field(ZonedDateTime now, char kind) {
        return switch (kind) {
            case '%' -> "%";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'e' -> String.format("%2d", now.getDayOfMonth());
            case 'u' -> String.valueOf(now.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(now.getDayOfWeek().getValue() % 7);
            case 'z', 'Z' -> ""; // Python's datetime.now() knows no zone.
            case 'c' -> format(now, "EEE MMM ") + field(now, 'e') + format(now, " HH:mm:ss yyyy");
            default -> {
                String pattern = PATTERNS.get(kind);
                if (pattern == null) {
                    throw new JinjaException("strftime_now does not know %" + kind);
                }
                yield format(now, pattern);
            }
        };
    }

    private static String format(ZonedDateTime now, String pattern) {
        return now.format(DateTimeFormatter.ofPattern(pattern, Locale.US));
    }
}
