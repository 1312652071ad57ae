package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * A rendered text.
 *
 * @param text the text
 * @param generated what stands in {@code {% generation %}}, in order
 */
public record Rendered(String text, List<Span> generated) {

    /**
     * A part of a text.
     *
     * @param start index of its first UTF-16 unit
     * @param end index behind its last
     */
    public record Span(int start, int end) {}

    /** Puts parts together. */
    static final class Builder {

        private final StringBuilder text = new StringBuilder();
        private final List<Span> generated = new ArrayList<>();

        void append(String part, Budget budget) {
            Budget.requireLength((long) text.length() + part.length());
            budget.make(part.length());
            text.append(part);
        }

        int length() {
            return text.length();
        }

        /** Marks what was written since a length as generated. */
        void markFrom(int start) {
            generated.add(new Span(start, text.length()));
        }

        Rendered build() {
            return new Rendered(text.toString(), List.copyOf(generated));
        }
    }
}
