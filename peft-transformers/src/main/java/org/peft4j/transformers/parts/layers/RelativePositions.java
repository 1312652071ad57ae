package org.peft4j.transformers.parts.layers;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;

/**
 * Relative positions (Raffel et al. 2020): each head adds a learned number to a score, by the
 * bucket of the distance between query and key. Those of virtual tokens in the past count too, and
 * padding between the tokens of a row does not.
 *
 * @param table the numbers, [buckets, heads]
 * @param distance from where on all positions share a bucket
 * @param bothWays whether later keys have buckets of their own, as in an encoder
 */
public record RelativePositions(EmbeddingPoint table, int distance, boolean bothWays) {

    /**
     * Returns what is added to the scores of a pass, [rows or 1, heads, length, past + length].
     *
     * @param layout the queries, behind all keys before them
     */
    public Tensor bias(ForwardContext context, SequenceLayout layout) {
        Ops ops = context.ops();
        int length = layout.length();
        int keys = layout.past() + length;
        int buckets = Math.toIntExact(table.vocabulary());
        @Nullable Tensor tokens =
                layout.hasPaddingBetweenTokens()
                        ? ops.longs(Objects.requireNonNull(layout.mask()), layout.rows(), keys)
                        : null;
        Tensor ids =
                ops.attention()
                        .relativeBuckets(
                                tokens, length, keys, buckets, distance, bothWays, table.table());
        Tensor flat = ops.reshape(ids, ids.size(0), (long) length * keys);
        boolean alike = context.at(table).size() == 1;
        long rows = alike ? ids.size(0) : layout.rows();
        Tensor each =
                rows == ids.size(0)
                        ? flat
                        : ops.rows(flat, ops.longs(new long[layout.rows()], rows));
        Tensor numbers = table.forward(context, each);
        return ops.permute(ops.reshape(numbers, rows, length, keys, table.width()), 0, 3, 1, 2);
    }
}
