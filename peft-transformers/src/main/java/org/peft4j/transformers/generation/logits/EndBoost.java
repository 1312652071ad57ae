package org.peft4j.transformers.generation.logits;

import java.util.Set;

/**
 * Raises the scores of the end tokens once a text has some length: each by |score| · (factorⁿ − 1)
 * after n tokens more.
 */
public final class EndBoost implements LogitsProcessor {

    private final LengthDecay decay;
    private final long[] endIds;

    /**
     * Raises end tokens.
     *
     * @param decay from where, and how fast
     * @param endIds the end tokens
     */
    public EndBoost(LengthDecay decay, Set<Long> endIds) {
        this.decay = decay;
        this.endIds = Scores.ids(endIds);
    }

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        int beyond = sequence.newLength() - decay.start();
        if (beyond <= 0) {
            return;
        }
        float growth = (float) (Math.pow(decay.factor(), beyond) - 1);
        for (long id : endIds) {
            if (id < scores.length && Float.isFinite(scores[(int) id])) {
                scores[(int) id] += Math.abs(scores[(int) id]) * growth;
            }
        }
    }
}
