package org.peft4j.transformers.generation.logits;

/**
 * Keeps tokens that are at least so probable, measured by the most probable one (Nguyen et al.
 * 2024).
 *
 * @param p the share of the highest probability, from 0 to 1
 * @param keep the fewest tokens to keep
 */
public record MinP(double p, int keep) implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        double[] probabilities = Scores.probabilities(scores);
        double highest = 0;
        for (double probability : probabilities) {
            highest = Math.max(highest, probability);
        }
        Cutoff.below(p * highest, keep, probabilities, scores);
    }
}
