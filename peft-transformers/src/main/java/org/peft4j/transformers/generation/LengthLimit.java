package org.peft4j.transformers.generation;

import org.peft4j.core.PeftException;

/**
 * A number of tokens, of the generated text alone or of prompt and text.
 *
 * @param tokens how many
 * @param withPrompt whether the prompt counts: {@code max_length} and {@code min_length} do so, and
 *     count the longest prompt of a batch
 */
public record LengthLimit(int tokens, boolean withPrompt) {

    /** Checks the number. */
    public LengthLimit {
        if (tokens < 0) {
            throw new PeftException("a length must not be negative but is " + tokens + ".");
        }
    }

    /** A number of generated tokens. */
    public static LengthLimit newTokens(int tokens) {
        return new LengthLimit(tokens, false);
    }

    /** A number of tokens of prompt and text together. */
    public static LengthLimit total(int tokens) {
        return new LengthLimit(tokens, true);
    }

    /** Returns how many new tokens that makes; below 0 where the prompt alone is longer. */
    int behind(int promptLength) {
        return withPrompt ? tokens - promptLength : tokens;
    }
}
