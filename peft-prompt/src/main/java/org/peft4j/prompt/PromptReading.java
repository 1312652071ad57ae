package org.peft4j.prompt;

import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * What a soft prompt is near to in the vocabulary.
 *
 * @param tokens for each virtual token its nearest neighbours, the nearest first
 */
public record PromptReading(List<List<Neighbour>> tokens) {

    /**
     * A token near to a virtual one.
     *
     * @param id in the vocabulary
     * @param similarity the cosine of the angle between them, −1 to 1
     */
    public record Neighbour(int id, double similarity) {}

    /** Copies the lists. */
    public PromptReading {
        tokens = tokens.stream().map(List::copyOf).toList();
    }

    /**
     * Returns which share of all neighbours belongs to some words, 0 to 1.
     *
     * @param ids the words' ids, such as those of the task's classes
     */
    public double shareOf(Set<Integer> ids) {
        List<Neighbour> all = tokens.stream().flatMap(List::stream).toList();
        return all.stream().filter(near -> ids.contains(near.id())).count() / (double) all.size();
    }

    /**
     * Returns the reading as lines, one for each virtual token: its number and its neighbours with
     * their similarities.
     *
     * @param text the text of an id, such as a tokenizer's decoding
     */
    public String describe(IntFunction<String> text) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            lines.append(i)
                    .append(": ")
                    .append(
                            tokens.get(i).stream()
                                    .map(near -> describe(near, text))
                                    .collect(Collectors.joining(", ")))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String describe(Neighbour near, IntFunction<String> text) {
        return "%s (%.3f)".formatted(text.apply(near.id()), near.similarity());
    }
}
