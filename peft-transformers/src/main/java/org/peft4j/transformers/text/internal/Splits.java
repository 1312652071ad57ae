package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's ways to split a text. */
final class Splits {

    private Splits() {}

    static List<Object> split(String text, Arguments arguments, boolean fromRight) {
        Object separator = arguments.get(0, "sep", None.NONE);
        long most = arguments.whole(1, "maxsplit", -1);
        if (most < 0) {
            most = Long.MAX_VALUE;
        }
        if (separator == None.NONE) {
            return words(text, most, fromRight);
        }
        String by = arguments.text(0, "sep");
        if (by.isEmpty()) {
            throw new JinjaException("the separator is empty");
        }
        List<Object> parts = new ArrayList<>();
        if (fromRight) {
            int end = text.length();
            for (int at;
                    parts.size() < most && (at = text.lastIndexOf(by, end - by.length())) >= 0; ) {
                parts.add(text.substring(at + by.length(), end));
                end = at;
            }
            parts.add(text.substring(0, end));
            Collections.reverse(parts);
            return parts;
        }
        int start = 0;
        for (int at; parts.size() < most && (at = text.indexOf(by, start)) >= 0; ) {
            parts.add(text.substring(start, at));
            start = at + by.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<Object> words(String text, long most, boolean fromRight) {
        List<Object> parts = new ArrayList<>();
        String rest = text;
        while (true) {
            rest = Methods.strip(rest, Arguments.NONE, !fromRight, fromRight);
            if (rest.isEmpty()) {
                break;
            }
            if (parts.size() == most) {
                parts.add(Methods.strip(rest, Arguments.NONE, fromRight, !fromRight));
                break;
            }
            int cut = fromRight ? rest.length() : 0;
            if (fromRight) {
                while (cut > 0 && !Python.isSpace(rest.codePointBefore(cut))) {
                    cut--;
                }
                parts.add(rest.substring(cut));
                rest = rest.substring(0, cut);
            } else {
                while (cut < rest.length() && !Python.isSpace(rest.codePointAt(cut))) {
                    cut++;
                }
                parts.add(rest.substring(0, cut));
                rest = rest.substring(cut);
            }
        }
        if (fromRight) {
            Collections.reverse(parts);
        }
        return parts;
    }

    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                int end = i;
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                lines.add(text.substring(start, keepEnds ? i + 1 : end));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    static List<Object> partition(String text, String by, boolean last) {
        int at = last ? text.lastIndexOf(by) : text.indexOf(by);
        if (at < 0) {
            return last ? List.of("", "", text) : List.of(text, "", "");
        }
        return List.of(text.substring(0, at), by, text.substring(at + by.length()));
    }
}
