package org.peft4j.transformers.generation.logits;

import java.util.List;
import java.util.Map;

/** Adds a number to the score of the token that would complete a sequence. */
public final class SequenceBias implements LogitsProcessor {

    private record Biased(long[] ids, float bias) {}

    private final List<Biased> sequences;

    /**
     * Biases sequences.
     *
     * @param biases what to add by the sequence, none empty; a sequence of one token always counts
     */
    public SequenceBias(Map<List<Long>, Double> biases) {
        this.sequences =
                biases.entrySet().stream()
                        .map(
                                entry ->
                                        new Biased(
                                                Scores.array(entry.getKey()),
                                                entry.getValue().floatValue()))
                        .toList();
    }

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        for (Biased biased : sequences) {
            long[] ids = biased.ids();
            Scores.requireKnown("the biased sequence", ids, scores);
            if (sequence.endsWith(ids, ids.length - 1)) {
                scores[(int) ids[ids.length - 1]] += biased.bias();
            }
        }
    }
}
