package org.peft4j.transformers.generation;

import org.peft4j.core.PeftException;

/**
 * How wide and how long to search.
 *
 * @param count how many texts a prompt has at a time; 1 for no beam search
 * @param lengthPenalty the score of a text is its log-probability divided by its length to this
 *     power: above 0 favours longer texts
 * @param earlyStopping when to end
 */
public record Beams(int count, double lengthPenalty, EarlyStopping earlyStopping) {

    /** No beam search. */
    public static final Beams NONE = new Beams(1, 1, EarlyStopping.HEURISTIC);

    /** Checks the numbers. */
    public Beams {
        if (count < 1) {
            throw new PeftException("numBeams must be at least 1 but is " + count + ".");
        }
        if (!Double.isFinite(lengthPenalty)) {
            throw new PeftException("lengthPenalty must be a number but is " + lengthPenalty + ".");
        }
    }

    /** Returns the score of a text of that log-probability and length. */
    float score(float logProbability, int length) {
        return logProbability / (float) Math.pow(length, lengthPenalty);
    }
}
