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
 * @param shared the module whose table it is, where an encoder and a decoder each have a module of
 *     their own for it; what acts at both adds up. Or null
 * @param factor what they are multiplied by, [1], as in Gemma; or null
 */
public record TokenEmbedding(
        EmbeddingPoint table, @Nullable EmbeddingPoint shared, @Nullable Tensor factor) {

    /** Embeddings as they are. */
    public TokenEmbedding(EmbeddingPoint table) {
        this(table, null, null);
    }

    /** Embeddings of a module of its own, times a factor. */
    public TokenEmbedding(EmbeddingPoint table, @Nullable Tensor factor) {
        this(table, null, factor);
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
        Tensor x = embed(context, ops.longs(ids, batch.rows(), batch.length()));
        return factor == null ? x : ops.multiply(x, factor);
    }

    private Tensor embed(ForwardContext context, Tensor ids) {
        if (shared == null || !acts(context, shared)) {
            return table.forward(context, ids);
        }
        Tensor common = shared.forward(context, ids);
        if (!acts(context, table)) {
            return common;
        }
        Ops ops = context.ops();
        Tensor frozen = ops.embedding(ids, table.table());
        Tensor own = ops.add(table.forward(context, ids), ops.scale(frozen, -1));
        return ops.add(common, own);
    }

    private static boolean acts(ForwardContext context, EmbeddingPoint point) {
        return context.weights(point) != point.table()
                || context.at(point).stream().anyMatch(group -> !group.placements().isEmpty());
    }
}
