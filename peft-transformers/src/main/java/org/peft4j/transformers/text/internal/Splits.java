package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's ways to split a text. */
final class Splits {

    private Splits() {}

    static List<Object> split(String text, Arguments given, boolean fromRight, Budget budget) {
        Arguments arguments = given.bind(0, "sep", "maxsplit");
        Object separator = arguments.get(0, None.NONE);
        long limit = arguments.whole(1, -1);
        long most = limit < 0 ? Long.MAX_VALUE : limit;
        budget.make(text.length());
        List<Object> parts =
                separator == None.NONE
                        ? words(text, most, fromRight, budget)
                        : parts(text, Values.requireText(separator), most, fromRight, budget);
        if (fromRight) {
            Collections.reverse(parts);
        }
        return parts;
    }

    private static List<Object> parts(
            String text, String by, long most, boolean fromRight, Budget budget) {
        if (by.isEmpty()) {
            throw new JinjaException("the separator is empty");
        }
        Search search = new Search(by, fromRight, budget);
        List<Object> parts = new ArrayList<>();
        int start = 0;
        int end = text.length();
        while (parts.size() < most) {
            int at = search.in(text, start, end, budget);
            if (at < 0) {
                break;
            }
            budget.makeItems(1);
            if (fromRight) {
                parts.add(text.substring(at + by.length(), end));
                end = at;
            } else {
                parts.add(text.substring(start, at));
                start = at + by.length();
            }
        }
        parts.add(text.substring(start, end));
        return parts;
    }

    private static List<Object> words(String text, long most, boolean fromRight, Budget budget) {
        List<Object> parts = new ArrayList<>();
        int start = 0;
        int end = text.length();
        while (true) {
            while (start < end && PythonText.isSpace(text.charAt(fromRight ? end - 1 : start))) {
                start += fromRight ? 0 : 1;
                end -= fromRight ? 1 : 0;
            }
            if (start == end) {
                return parts;
            }
            budget.makeItems(1);
            if (parts.size() >= most) {
                parts.add(text.substring(fromRight ? 0 : start, fromRight ? end : text.length()));
                return parts;
            }
            int cut = fromRight ? end : start;
            while ((fromRight ? cut > start : cut < end)
                    && !PythonText.isSpace(text.charAt(fromRight ? cut - 1 : cut))) {
                cut += fromRight ? -1 : 1;
            }
            parts.add(fromRight ? text.substring(cut, end) : text.substring(start, cut));
            start = fromRight ? start : cut;
            end = fromRight ? cut : end;
        }
    }

    static List<Object> lines(String text, boolean keepEnds, Budget budget) {
        budget.make(text.length());
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (PythonText.isLineEnd(c)) {
                int end = i;
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                budget.makeItems(1);
                lines.add(text.substring(start, keepEnds ? i + 1 : end));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    static Tuple partition(String text, String by, boolean last, Budget budget) {
        if (by.isEmpty()) {
            throw new JinjaException("the separator is empty");
        }
        budget.make(text.length());
        int at = new Search(by, last, budget).in(text, 0, text.length(), budget);
        if (at < 0) {
            return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), by, text.substring(at + by.length()));
    }
}
