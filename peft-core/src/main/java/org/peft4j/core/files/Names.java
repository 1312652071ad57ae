package org.peft4j.core.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Names from untrusted files: checking, quoting and finding what was meant. */
public final class Names {

    private static final int LONGEST_QUOTE = 120;
    private static final int LONGEST_LIST = 400;
    private static final int LONGEST_COMPARED = 200;
    private static final int MOST_COMPARED = 20_000;
    private static final int LONGEST_FILE_NAME = 255;

    private Names() {}

    /** Returns the text in quotes, without control characters, and cut if it is long. */
    public static String quote(String text) {
        return "\"" + printable(text) + "\"";
    }

    /** Returns the text without control characters, and cut if it is long. */
    public static String printable(String text) {
        StringBuilder quoted = new StringBuilder();
        int end = Math.min(text.length(), LONGEST_QUOTE);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (isHostile(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(end < text.length() ? "…" : "").toString();
    }

    /** Returns the text without quotes, cut if it is long: a number, or a list of names. */
    public static String shorten(String text) {
        return text.length() <= LONGEST_LIST ? text : text.substring(0, LONGEST_LIST) + "…";
    }

    /** Returns whether the text holds control characters or broken surrogate pairs. */
    static boolean hasControlCharacters(String text) {
        return text.codePoints()
                .anyMatch(c -> Character.isISOControl(c) || isLoneSurrogate(c) || isDirection(c));
    }

    /** Returns whether every character of the text can be written as UTF-8. */
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(Names::isLoneSurrogate);
    }

    /** Returns whether this names a file directly inside a directory, on every system. */
    public static boolean isPlainFileName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_FILE_NAME
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':')
                && !hasControlCharacters(name);
    }

    /** Returns the last part of a path as text, or the whole path if it has no parts. */
    static String fileName(Path path) {
        Path last = path.getFileName();
        return last == null ? path.toString() : last.toString();
    }

    /** Returns the names most like the one asked for, best first, at most three. */
    static List<String> near(String wanted, Collection<String> names) {
        if (wanted.length() > LONGEST_COMPARED) {
            return List.of();
        }
        record Scored(String name, int distance) {}
        List<Scored> scored = new ArrayList<>();
        int compared = 0;
        for (String name : names) {
            if (++compared > MOST_COMPARED) {
                break;
            }
            if (name.length() <= LONGEST_COMPARED) {
                scored.add(new Scored(name, distance(wanted, name)));
            }
        }
        return scored.stream()
                .sorted(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name))
                .limit(3)
                .map(Scored::name)
                .toList();
    }

    /** Returns " (the nearest are …)", or "" if there is nothing to name. */
    static String nearClause(String wanted, Collection<String> names) {
        List<String> near = near(wanted, names);
        if (near.isEmpty()) {
            return "";
        }
        return " (the nearest "
                + (near.size() == 1 ? "is " : "are ")
                + near.stream().map(Names::quote).collect(Collectors.joining(", "))
                + ")";
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static boolean isHostile(char c) {
        return Character.isISOControl(c) || Character.isSurrogate(c) || isDirection(c);
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Line separators and the marks that make a terminal show text in another order. */
    private static boolean isDirection(int codePoint) {
        return (codePoint >= 0x2028 && codePoint <= 0x202e)
                || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }
}
