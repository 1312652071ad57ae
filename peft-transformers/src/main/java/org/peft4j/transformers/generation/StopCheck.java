package org.peft4j.transformers.generation;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.transformers.generation.logits.TokenSequence;

/**
 * Says whether a text has ended.
 *
 * @param endIds the tokens that end it
 * @param strings the strings that end it, or null
 * @param mostNewTokens where it ends at the latest
 */
record StopCheck(Set<Long> endIds, @Nullable StopStrings strings, int mostNewTokens) {

    /** Returns why a text ends with its newest token, or null if it goes on. */
    @Nullable FinishReason reason(TokenSequence sequence) {
        if (endIds.contains(sequence.last())) {
            return FinishReason.END_TOKEN;
        }
        if (strings != null && strings.isHit(sequence)) {
            return FinishReason.STOP_STRING;
        }
        return sequence.newLength() >= mostNewTokens ? FinishReason.LENGTH : null;
    }
}
