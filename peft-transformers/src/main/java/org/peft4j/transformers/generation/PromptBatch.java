package org.peft4j.transformers.generation;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.transformers.generation.logits.TokenSequence;

/** The prompts, padded on the left to one width, and the layout of what comes behind them. */
final class PromptBatch {

    private final List<TokenSequence> starts;
    private final TokenBatch batch;

    PromptBatch(List<long[]> prompts, long padId) {
        this.starts = prompts.stream().map(TokenSequence::ofPrompt).toList();
        this.batch = TokenBatch.padded(prompts, null, padId, true);
    }

    /** Returns what the texts begin with. */
    List<TokenSequence> starts() {
        return starts;
    }

    /** Returns what the first pass reads. */
    TokenBatch first() {
        return batch;
    }

    /** Returns the length of the longest prompt. */
    int width() {
        return batch.length();
    }

    int rows() {
        return batch.rows();
    }

    /**
     * Returns what a later pass reads: one token for each row.
     *
     * @param tokens a token for each row
     * @param origins the prompt of each row
     * @param cached the positions in the cache
     * @param virtual how many of them a method has put before the prompts
     */
    TokenBatch next(long[] tokens, int[] origins, int cached, int virtual) {
        int rows = tokens.length;
        long @Nullable [] mask = batch.layout().mask();
        if (mask == null) {
            return new TokenBatch(new SequenceLayout(rows, cached, 1), tokens);
        }
        long[] longer = new long[rows * (cached + 1)];
        Arrays.fill(longer, 1);
        for (int row = 0; row < rows; row++) {
            int to = row * (cached + 1) + virtual;
            System.arraycopy(mask, origins[row] * width(), longer, to, width());
        }
        return new TokenBatch(new SequenceLayout(rows, cached, 1, longer), tokens);
    }
}
