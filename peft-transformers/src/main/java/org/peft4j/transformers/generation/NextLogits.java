package org.peft4j.transformers.generation;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/** Where the scores of the next tokens come from, pass by pass. */
interface NextLogits extends AutoCloseable {

    /** Reads the prompts; returns the logits behind each, [prompts, vocabulary]. */
    Tensor first(ForwardContext context);

    /**
     * Reads one token for each row.
     *
     * @param tokens the tokens
     * @param origins the prompt of each row
     * @return the logits behind each, [rows, vocabulary]
     */
    Tensor next(ForwardContext context, long[] tokens, int[] origins);

    /**
     * Goes on with other rows.
     *
     * @param rows for each row, which present one it continues
     */
    void reorder(int[] rows);

    @Override
    void close();
}
