package org.peft4j.transformers.generation.logits;

import java.util.List;

/** Rules out the token that would complete a banned sequence. */
public final class BannedSequences implements LogitsProcessor {

    private final List<long[]> sequences;

    /**
     * Bans sequences.
     *
     * @param sequences none empty; a sequence of one token bans the token
     */
    public BannedSequences(List<List<Long>> sequences) {
        this.sequences = Scores.arrays(sequences);
    }

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        for (long[] banned : sequences) {
            Scores.requireKnown("the banned sequence", banned, scores);
            if (sequence.endsWith(banned, banned.length - 1)) {
                scores[(int) banned[banned.length - 1]] = Scores.RULED_OUT;
            }
        }
    }
}
