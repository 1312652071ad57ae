package org.peft4j.transformers.generation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A generated text.
 *
 * @param prompt the number of the prompt that it continues
 * @param ids its tokens, without the prompt, with the end token where there is one
 * @param reason why it ended
 * @param score how good the model finds it: the sum of its tokens' log-probabilities under the
 *     distribution that they were chosen from; in beam search the sum of their processed
 *     log-probabilities, divided as the length penalty says ({@code sequences_scores})
 */
public record GeneratedSequence(int prompt, long[] ids, FinishReason reason, double score) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GeneratedSequence that
                && prompt == that.prompt
                && Arrays.equals(ids, that.ids)
                && reason == that.reason
                && Double.compare(score, that.score) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * prompt + Arrays.hashCode(ids);
    }
}
