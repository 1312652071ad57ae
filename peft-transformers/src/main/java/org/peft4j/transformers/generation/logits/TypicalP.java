package org.peft4j.transformers.generation.logits;

import java.util.Arrays;

/**
 * Keeps the tokens whose surprise is nearest to the entropy, until together they have the
 * probability p (Meister et al. 2022, section 4).
 *
 * @param p between 0 and 1
 * @param keep the fewest tokens to keep
 */
public record TypicalP(double p, int keep) implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        double normalizer = Scores.logSumExp(scores);
        double[] probabilities = Scores.probabilities(scores);
        double entropy = 0;
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] != Scores.RULED_OUT) {
                entropy += (normalizer - scores[id]) * probabilities[id];
            }
        }
        float[] distances = new float[scores.length];
        long[] order = new long[scores.length];
        for (int id = 0; id < scores.length; id++) {
            distances[id] = (float) Math.abs(normalizer - scores[id] - entropy);
            order[id] = Scores.key(distances[id], id);
        }
        Arrays.sort(order);
        double cumulative = 0;
        int last = 0;
        while (last < order.length - 1) {
            cumulative += probabilities[(int) order[last]];
            if ((float) cumulative >= (float) p) {
                break;
            }
            last++;
        }
        float farthest = distances[(int) order[last]];
        for (int i = keep; i < order.length; i++) {
            int id = (int) order[i];
            if (distances[id] > farthest) {
                scores[id] = Scores.RULED_OUT;
            }
        }
    }
}
