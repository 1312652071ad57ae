package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Locale;

/** What methods and filters of texts share. */
final class Texts {

    private Texts() {}

    static String join(String by, List<Object> items, boolean onlyTexts, Budget budget) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            if (onlyTexts && !(items.get(i) instanceof String)) {
                throw new JinjaException(
                        "a " + Python.typeName(items.get(i)) + " cannot be joined as a string");
            }
            out.append(i == 0 ? "" : by).append(Python.text(items.get(i), budget));
            Budget.requireLength(out.length());
        }
        return out.toString();
    }

    static String replace(String text, String from, String to, long most) {
        long times = most < 0 ? Long.MAX_VALUE : most;
        StringBuilder out = new StringBuilder();
        int start = 0;
        if (from.isEmpty()) {
            for (int i = 0; i <= text.length(); i++) {
                if (times-- > 0) {
                    out.append(to);
                }
                out.append(text, i, Math.min(i + 1, text.length()));
                Budget.requireLength(out.length());
            }
            return out.toString();
        }
        for (int at; times-- > 0 && (at = text.indexOf(from, start)) >= 0; ) {
            out.append(text, start, at).append(to);
            Budget.requireLength(out.length());
            start = at + from.length();
        }
        return out.append(text, start, text.length()).toString();
    }

    static long count(String text, String part) {
        if (part.isEmpty()) {
            return Python.length(text) + 1;
        }
        long count = 0;
        for (int at = 0; (at = text.indexOf(part, at)) >= 0; at += part.length()) {
            count++;
        }
        return count;
    }

    /** Every word begins with a capital; a word is a run of letters. */
    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inside = Character.isLetter(c);
        }
        return out.toString();
    }

    static String capitalize(String text) {
        return text.isEmpty()
                ? ""
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(
                    Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
        }
        return out.toString();
    }

    /** Fills a text on the left and on the right by these shares. */
    static String pad(String text, Arguments arguments, int left, int right) {
        long width = arguments.whole(0, "width", 80);
        Budget.requireLength(width);
        Object fill = arguments.get(1, "fillchar", " ");
        int missing = (int) Math.max(0, width - Python.length(text));
        int before = left == 0 ? 0 : right == 0 ? missing : missing / 2;
        String one = fill instanceof String s && s.length() == 1 ? s : " ";
        return one.repeat(before) + text + one.repeat(missing - before);
    }

    static String zeroFill(String text, long width) {
        Budget.requireLength(width);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String zeros = "0".repeat((int) Math.max(0, width - Python.length(text)));
        return signed ? text.charAt(0) + zeros + text.substring(1) : zeros + text;
    }

    static String indent(String text, String by, boolean first, boolean blank) {
        StringBuilder out = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean indented = i == 0 ? first : blank || !lines[i].isEmpty();
            out.append(i == 0 ? "" : "\n").append(indented ? by : "").append(lines[i]);
            Budget.requireLength(out.length());
        }
        return out.toString();
    }

    static String escapeHtml(String text) {
        return text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }
}
