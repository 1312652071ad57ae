package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.tree.output.OutputNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A rendered text.
 *
 * @param text the text
 * @param generated what stands in {@code {% generation %}}, in order
 */
public record Rendered(String text, List<Span> generated) implements OutputNode {

    /** Nothing. */
    static final Rendered EMPTY = new Rendered("", List.of());

    /**
     * A part of a text.
     *
     * @param start index of its first UTF-16 unit
     * @param end index behind its last
     */
    public record Span(int start, int end) {}

    static Rendered of(String text) {
        return new Rendered(text, List.of());
    }

    @Override
    public String getValue() {
        return text;
    }

    @Override
    public long getSize() {
        return text.length();
    }

    /** Puts parts together and moves their spans. */
    static final class Builder {

        private final StringBuilder text = new StringBuilder();
        private final List<Span> generated = new ArrayList<>();

        void append(OutputNode part) {
            if (part instanceof Rendered rendered) {
                for (Span span : rendered.generated) {
                    generated.add(
                            new Span(text.length() + span.start(), text.length() + span.end()));
                }
            }
            text.append(part.getValue());
            Budget.requireLength(text.length());
        }

        Rendered build() {
            return new Rendered(text.toString(), List.copyOf(generated));
        }
    }
}
