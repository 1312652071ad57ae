package org.peft4j.transformers.parts;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;

/**
 * Embeds ids after checking them: an id out of range would end a CUDA process.
 *
 * @param table the embeddings
 * @param factor what they are multiplied by, [1] in the model's dtype, as in Gemma; or null
 */
public record TokenEmbedding(EmbeddingPoint table, @Nullable Tensor factor) {

    /** Embeddings as they are. */
    public TokenEmbedding(EmbeddingPoint table) {
        this(table, null);
    }

    /** Returns the embeddings of a batch's ids, [rows, length, width]. */
    public Tensor forward(ForwardContext context, TokenBatch batch) {
        long[] ids = batch.inputIds();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= table.vocabulary()) {
                throw new PeftException(
                        "row "
                                + i / batch.length()
                                + " has the id "
                                + ids[i]
                                + " at position "
                                + i % batch.length()
                                + ", but the vocabulary ends at "
                                + (table.vocabulary() - 1)
                                + ". Use the tokenizer that belongs to this model.");
            }
        }
        Ops ops = context.ops();
        Tensor x = table.forward(context, ops.longs(ids, batch.rows(), batch.length()));
        return factor == null ? x : ops.multiply(x, factor);
    }
}
