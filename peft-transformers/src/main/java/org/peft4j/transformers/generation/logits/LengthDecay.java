package org.peft4j.transformers.generation.logits;

import org.peft4j.core.PeftException;

/**
 * How the end of a text becomes more probable with its length: {@code
 * exponential_decay_length_penalty} of {@code transformers}.
 *
 * @param start after so many new tokens it begins
 * @param factor above 1 for an earlier end, below 1 for a later one
 */
public record LengthDecay(int start, double factor) {

    /** Checks the numbers. */
    public LengthDecay {
        if (!(Math.abs(factor) <= Float.MAX_VALUE)) {
            throw new PeftException(
                    "the factor of the length's decay must be a number but is " + factor + ".");
        }
    }
}
