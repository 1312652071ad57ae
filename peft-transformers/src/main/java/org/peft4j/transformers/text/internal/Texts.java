package org.peft4j.transformers.text.internal;

import java.util.List;

/** What methods and filters of texts share. */
final class Texts {

    private Texts() {}

    static String join(String by, List<Object> items, boolean onlyTexts, Budget budget) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            if (onlyTexts) {
                Values.requireText(items.get(i));
            }
            String item = Values.text(items.get(i), budget);
            budget.make((long) by.length() + item.length());
            Budget.requireLength((long) out.length() + by.length() + item.length());
            out.append(i == 0 ? "" : by).append(item);
        }
        return out.toString();
    }

    static String replace(String text, String from, String to, long most, Budget budget) {
        long times = most < 0 ? Long.MAX_VALUE : most;
        StringBuilder out = new StringBuilder();
        budget.make(text.length());
        if (from.isEmpty()) {
            return interleave(text, to, times, budget);
        }
        Search search = new Search(from, false, budget);
        int start = 0;
        while (times-- > 0) {
            int at = search.in(text, start, text.length(), budget);
            if (at < 0) {
                break;
            }
            Budget.requireLength((long) out.length() + at - start + to.length());
            budget.make(to.length());
            out.append(text, start, at).append(to);
            start = at + from.length();
        }
        return out.append(text, start, text.length()).toString();
    }

    private static String interleave(String text, String by, long times, Budget budget) {
        StringBuilder out = new StringBuilder();
        long left = times;
        for (int i = 0; i <= text.length(); ) {
            if (left-- > 0) {
                budget.make(by.length());
                Budget.requireLength((long) out.length() + by.length());
                out.append(by);
            }
            if (i == text.length()) {
                break;
            }
            out.appendCodePoint(text.codePointAt(i));
            i += Character.charCount(text.codePointAt(i));
        }
        return out.toString();
    }

    /**
     * Fills a text up to a width.
     *
     * @param left the share that comes first, 0 or 1
     * @param center whether both sides are filled, as Python does
     */
    static String pad(
            String text, long width, Object fill, int left, boolean center, Budget budget) {
        String one = Values.requireText(fill);
        if (one.codePointCount(0, one.length()) != 1) {
            throw new JinjaException("a text is filled with one character");
        }
        budget.make(text.length());
        long missing = Math.max(0, width - Values.length(text));
        budget.make(missing > Budget.LONGEST ? missing : missing * one.length());
        long before = missing * left;
        if (center) {
            before = missing / 2 + (missing & width & 1);
        }
        return one.repeat((int) before) + text + one.repeat((int) (missing - before));
    }

    static String zeroFill(String text, long width, Budget budget) {
        long missing = Math.max(0, width - Values.length(text));
        budget.make(text.length() + Math.min(missing, Integer.MAX_VALUE));
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String zeros = "0".repeat((int) missing);
        return signed ? text.charAt(0) + zeros + text.substring(1) : zeros + text;
    }

    static String expandTabs(String text, long size, Budget budget) {
        StringBuilder out = new StringBuilder();
        budget.make(text.length());
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                long blanks = size > 0 ? size - column % size : 0;
                budget.make(blanks);
                Budget.requireLength(out.length() + blanks);
                out.append(" ".repeat((int) blanks));
                column += (int) blanks;
            } else {
                out.append(c);
                column =
                        c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
            }
        }
        return out.toString();
    }

    static String indent(String text, String by, boolean first, boolean blank, Budget budget) {
        List<Object> lines = Splits.lines(text + "\n", false, budget);
        budget.make((long) lines.size() * Math.min(by.length(), Budget.LONGEST / 2));
        StringBuilder out = new StringBuilder(first ? by : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = Values.requireText(lines.get(i));
            budget.make(line.length());
            Budget.requireLength((long) out.length() + by.length() + line.length());
            boolean indented = i > 0 && (blank || !line.isEmpty());
            out.append(i == 0 ? "" : "\n").append(indented ? by : "").append(line);
        }
        return out.toString();
    }
}
