package org.peft4j.transformers.parts;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;

/** Embeds ids after checking them: an id out of range would end a CUDA process. */
public record TokenEmbedding(EmbeddingPoint table) {

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
        return table.forward(context, ops.longs(ids, batch.rows(), batch.length()));
    }
}
