package org.peft4j.transformers.text.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The filter {@code wordwrap}, for words without hyphens. */
final class WordWrap {

    private final int width;
    private final boolean breaksWords;
    private final Budget budget;

    private WordWrap(int width, boolean breaksWords, Budget budget) {
        this.width = width;
        this.breaksWords = breaksWords;
        this.budget = budget;
    }

    static Object apply(Object value, Arguments given, Budget budget) {
        Arguments arguments =
                given.bind(0, "width", "break_long_words", "wrapstring", "break_on_hyphens");
        String text = Values.requireText(value);
        long width = arguments.whole(0, 79);
        Object with = arguments.get(2, None.NONE);
        String by = with == None.NONE ? "\n" : Values.requireText(with);
        if (text.contains("-") && Values.truth(arguments.get(3, true))) {
            throw new JinjaException("wordwrap does not break at hyphens here");
        }
        if (width < 1 || width > Budget.LONGEST) {
            throw new JinjaException("the width of wordwrap must be positive");
        }
        boolean breaks = Values.truth(arguments.get(1, true));
        WordWrap wrap = new WordWrap((int) width, breaks, budget);
        List<Object> lines = new ArrayList<>();
        for (Object line : Splits.lines(text, false, budget)) {
            lines.add(Texts.join(by, wrap.wrap(Values.requireText(line)), true, budget));
        }
        return Texts.join(by, lines, true, budget);
    }

    private List<Object> wrap(String line) {
        budget.makeItems(line.length());
        Deque<String> chunks = chunks(line);
        List<Object> lines = new ArrayList<>();
        while (!chunks.isEmpty()) {
            if (!lines.isEmpty() && isBlank(chunks.peek())) {
                chunks.pop();
            }
            StringBuilder current = new StringBuilder();
            String last = "";
            int before = 0;
            while (!chunks.isEmpty()
                    && Values.length(current.toString()) + Values.length(chunks.peek()) <= width) {
                budget.read(current.length());
                before = current.length();
                last = chunks.pop();
                current.append(last);
            }
            if (!chunks.isEmpty() && Values.length(chunks.peek()) > width) {
                int room = width - (int) Values.length(current.toString());
                if (breaksWords) {
                    before = current.length();
                    String word = chunks.pop();
                    budget.make(word.length());
                    int cut = word.offsetByCodePoints(0, Math.max(1, room));
                    last = word.substring(0, cut);
                    current.append(last);
                    chunks.push(word.substring(cut));
                } else if (current.isEmpty()) {
                    last = chunks.pop();
                    current.append(last);
                }
            }
            if (!current.isEmpty() && isBlank(last)) {
                current.setLength(before);
            }
            if (!current.isEmpty()) {
                lines.add(current.toString());
            }
        }
        return lines;
    }

    private static Deque<String> chunks(String line) {
        Deque<String> chunks = new ArrayDeque<>();
        int start = 0;
        for (int i = 1; i <= line.length(); i++) {
            if (i == line.length() || blank(line.charAt(i)) != blank(line.charAt(i - 1))) {
                chunks.add(line.substring(start, i));
                start = i;
            }
        }
        return chunks;
    }

    /** The white space of ASCII alone. */
    private static boolean blank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isBlank(String chunk) {
        return Strip.both(chunk).isEmpty();
    }
}
