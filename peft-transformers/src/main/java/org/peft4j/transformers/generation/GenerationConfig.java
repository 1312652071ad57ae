package org.peft4j.transformers.generation;

import java.util.Set;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.text.Tokenizer;

/**
 * When generation ends.
 *
 * @param maxNewTokens the most tokens to add to a prompt
 * @param endIds the tokens that end a row; with none, every row gets maxNewTokens
 * @param padId what fills shorter prompts and ended rows; never seen by the others
 */
public record GenerationConfig(int maxNewTokens, Set<Long> endIds, long padId) {

    /** Checks the numbers. */
    public GenerationConfig {
        endIds = Set.copyOf(endIds);
        if (maxNewTokens < 1) {
            throw new PeftException("maxNewTokens must be at least 1 but is " + maxNewTokens + ".");
        }
        if (padId < 0) {
            throw new PeftException("padId must be an id but is " + padId + ".");
        }
    }

    /** Adds this many tokens, whatever they are. */
    public static GenerationConfig of(int maxNewTokens) {
        return new GenerationConfig(maxNewTokens, Set.of(), 0);
    }

    /** Ends at the end tokens of a checkpoint. */
    public static GenerationConfig of(int maxNewTokens, Tokenizer tokenizer) {
        return new GenerationConfig(maxNewTokens, tokenizer.special().ends(), tokenizer.padId());
    }

    /** The same with other end tokens. */
    public GenerationConfig withEndIds(Long... ids) {
        return new GenerationConfig(maxNewTokens, Set.of(ids), padId);
    }
}
