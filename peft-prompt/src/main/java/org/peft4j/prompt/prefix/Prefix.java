package org.peft4j.prompt.prefix;

import org.peft4j.core.Encoding;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.PrefixPlacement;

/**
 * Keys and values before those of one attention.
 *
 * @param matrix the prefix of all layers, [tokens, columns]
 * @param tokens how many there are
 * @param keyColumn where this attention's keys begin; its values come right behind
 */
record Prefix(Encoding matrix, int tokens, long keyColumn) implements PrefixPlacement {

    @Override
    public KeysAndValues prefix(ForwardContext context, AttentionPoint point, Tensor read) {
        Ops ops = context.ops();
        Tensor p = matrix.in(context);
        int heads = point.keyValueHeads();
        int d = point.headDim();
        long valueColumn = keyColumn + (long) heads * d;
        return new KeysAndValues(
                ops.attention().prefixHeads(p, keyColumn, heads, d, read.dtype()),
                ops.attention().prefixHeads(p, valueColumn, heads, d, read.dtype()));
    }
}
