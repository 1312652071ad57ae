package org.peft4j.transformers.parts;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token types in a decoder that takes their embeddings from its vocabulary, as GPT-2 does. Without
 * types nothing is added. Where there are some, virtual tokens have the type 0; but for a causal
 * language model Python's {@code peft} leaves out the types of rows behind virtual tokens or a
 * prefix, and so does this.
 *
 * @param table the vocabulary
 * @param causal whether what is made is a causal language model
 */
public record TokenTypes(EmbeddingPoint table, boolean causal) {

    private static final Logger LOG = LoggerFactory.getLogger(TokenTypes.class);

    /** Returns x, [rows, length, width], with the embeddings of a batch's types. */
    public Tensor add(ForwardContext context, Tensor x, InputFlow flow, TokenBatch batch) {
        if (batch.tokenTypeIds() == null) {
            return x;
        }
        Ops ops = context.ops();
        SequenceLayout layout = flow.layout();
        int rows = layout.rows();
        Tensor ids = ops.longs(of(table, layout, batch), rows, layout.length());
        float @Nullable [] shares = causal ? shares(context, layout, batch) : null;
        Tensor types = table.forward(context, ids);
        return ops.add(
                x, shares == null ? types : ops.multiply(types, ops.floats(shares, rows, 1, 1)));
    }

    /** 0 for rows whose types are left out and 1 for others; null where all are others. */
    private static float @Nullable [] shares(
            ForwardContext context, SequenceLayout layout, TokenBatch batch) {
        int[] virtual = context.virtualTokens(InputPoint.Kind.DECODER, layout.rows());
        int[] missing = Indices.missingPrefix(layout, batch);
        int longest = layout.past() - batch.layout().past();
        float[] shares = new float[layout.rows()];
        int left = 0;
        for (int row = 0; row < shares.length; row++) {
            boolean moved = virtual[row] > 0 || longest > missing[row];
            shares[row] = moved ? 0 : 1;
            left += moved ? 1 : 0;
        }
        if (left > 0 && batch.layout().past() == 0) {
            LOG.warn(
                    "{} rows stand behind virtual tokens, so their token types are left out, as in"
                            + " peft",
                    left);
        }
        return left == 0 ? null : shares;
    }

    /**
     * Returns the types of all positions, [rows, length]; those of virtual tokens, and of all where
     * the batch says nothing, are 0.
     *
     * @param table the embeddings of types
     * @param layout where the tokens lie, virtual ones included
     * @param batch the tokens without virtual ones
     * @throws PeftException if there is no such type
     */
    static long[] of(EmbeddingPoint table, SequenceLayout layout, TokenBatch batch) {
        long[] all = new long[layout.rows() * layout.length()];
        long[] given = batch.tokenTypeIds();
        if (given == null) {
            return all;
        }
        int virtual = layout.length() - batch.length();
        for (int i = 0; i < given.length; i++) {
            int row = i / batch.length();
            if (given[i] < 0 || given[i] >= table.vocabulary()) {
                throw new PeftException(
                        "row "
                                + row
                                + " has the token type "
                                + given[i]
                                + " at position "
                                + i % batch.length()
                                + ", but this model has the types 0 to "
                                + (table.vocabulary() - 1)
                                + ".");
            }
            all[row * layout.length() + virtual + i % batch.length()] = given[i];
        }
        return all;
    }

    /**
     * Refuses types where nothing reads them.
     *
     * @throws PeftException if the batch has some
     */
    static void refuse(TokenBatch batch) {
        if (batch.tokenTypeIds() != null) {
            throw new PeftException(
                    "the batch has token types, but this model does not tell the types of tokens"
                            + " apart. Leave them out.");
        }
    }
}
