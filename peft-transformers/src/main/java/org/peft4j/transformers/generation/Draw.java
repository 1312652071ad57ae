package org.peft4j.transformers.generation;

import java.util.random.RandomGenerator;
import org.peft4j.transformers.generation.logits.Scores;

/**
 * A chosen token.
 *
 * @param id the token
 * @param logProbability its log-probability in the distribution that it was chosen from
 */
record Draw(int id, double logProbability) {

    /** Takes the most probable token, the first of equal ones. */
    static Draw best(float[] scores) {
        int best = Scores.largest(scores, 1)[0];
        if (scores[best] == Scores.RULED_OUT) {
            throw LogitsPipeline.noneLeft();
        }
        return new Draw(best, scores[best] - Scores.logSumExp(scores));
    }

    /** Draws a token from the softmax of the scores. */
    static Draw random(float[] scores, RandomGenerator random) {
        double[] probabilities = Scores.probabilities(scores);
        double total = 0;
        for (double probability : probabilities) {
            total += probability;
        }
        if (!(total > 0)) {
            throw LogitsPipeline.noneLeft();
        }
        double rest = random.nextDouble() * total;
        int last = 0;
        for (int id = 0; id < probabilities.length; id++) {
            if (probabilities[id] > 0) {
                last = id;
                rest -= probabilities[id];
                if (rest < 0) {
                    break;
                }
            }
        }
        return new Draw(last, Math.log(probabilities[last] / total));
    }

    /**
     * Draws different tokens from the softmax of the scores, one after the other: the largest sums
     * of score and Gumbel noise (Kool et al. 2019, Stochastic Beams, section 2.3).
     *
     * @return the tokens in the order of the draw
     */
    static int[] several(float[] scores, int count, RandomGenerator random) {
        float[] noisy = new float[scores.length];
        for (int id = 0; id < scores.length; id++) {
            noisy[id] =
                    scores[id] == Scores.RULED_OUT
                            ? Scores.RULED_OUT
                            : (float) (scores[id] - Math.log(-Math.log(positive(random))));
        }
        return Scores.largest(noisy, count);
    }

    /** A number between 0 and 1, neither of them. */
    private static double positive(RandomGenerator random) {
        return (random.nextLong() >>> 11) * 0x1p-53 + 0x1p-54;
    }
}
