package org.peft4j.transformers.generation.logits;

import java.util.Arrays;

/**
 * Keeps the fewest most probable tokens that together have the probability p (Holtzman et al. 2020,
 * section 3.1).
 *
 * @param p from 0 to 1
 * @param keep the fewest tokens to keep
 */
public record TopP(double p, int keep) implements LogitsProcessor {

    /** So many tokens are enough for most distributions. */
    private static final int FIRST_LOOK = 128;

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        double[] probabilities = Scores.probabilities(scores);
        int count = Math.max(FIRST_LOOK, keep);
        int[] order = Scores.largest(scores, count);
        int enough = enough(order, probabilities);
        while (enough == order.length && order.length < scores.length) {
            count *= 8;
            order = Scores.largest(scores, count);
            enough = enough(order, probabilities);
        }
        int kept = Math.min(Math.max(enough, keep), order.length);
        float[] before = scores.clone();
        Arrays.fill(scores, Scores.RULED_OUT);
        for (int i = 0; i < kept; i++) {
            scores[order[i]] = before[order[i]];
        }
    }

    /** Returns how many of the tokens together reach p; all if they do not. */
    private int enough(int[] order, double[] probabilities) {
        double cumulative = 0;
        int count = 0;
        while (count < order.length && cumulative < p) {
            cumulative += probabilities[order[count++]];
        }
        return count;
    }
}
