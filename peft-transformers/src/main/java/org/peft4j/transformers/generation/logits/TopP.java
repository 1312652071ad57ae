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

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        double[] probabilities = Scores.probabilities(scores);
        float excess = (float) (1 - p);
        // Tokens below this cannot reach the excess together, so they need no place in the order.
        double negligible = 0.5 * excess / probabilities.length;
        long[] order = new long[scores.length];
        int candidates = 0;
        double cumulative = 0;
        for (int id = 0; id < scores.length; id++) {
            if (probabilities[id] < negligible) {
                cumulative += probabilities[id];
            } else {
                order[candidates++] = Scores.key(scores[id], id);
            }
        }
        Arrays.sort(order, 0, candidates);
        int[] kept = keep > 1 ? Scores.largest(scores, keep) : new int[0];
        float[] before = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            before[i] = scores[kept[i]];
        }
        for (int id = 0; id < scores.length; id++) {
            if (probabilities[id] < negligible) {
                scores[id] = Scores.RULED_OUT;
            }
        }
        for (int i = 0; i < candidates - 1; i++) {
            int id = (int) order[i];
            cumulative += probabilities[id];
            if ((float) cumulative > excess) {
                break;
            }
            scores[id] = Scores.RULED_OUT;
        }
        for (int i = 0; i < kept.length; i++) {
            scores[kept[i]] = before[i];
        }
    }
}
