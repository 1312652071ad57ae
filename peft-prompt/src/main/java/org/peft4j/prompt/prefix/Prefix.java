package org.peft4j.prompt.prefix;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.Encoding;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPlacement;

/**
 * Keys and values before those of one attention.
 *
 * @param matrix the prefix of all layers, [tokens, columns]
 * @param tokens how many there are
 * @param keyColumn where this attention's keys begin; its values come right behind
 */
record Prefix(Encoding matrix, int tokens, long keyColumn) implements AttentionPlacement {

    @Override
    public AttentionFlow before(ForwardContext context, AttentionFlow flow) {
        Ops ops = context.ops();
        Tensor p = matrix.in(context);
        long width = flow.keys().size(1) * flow.keys().size(3);
        return new AttentionFlow(
                flow.queries(),
                ops.prefixed(flow.keys(), p, keyColumn),
                ops.prefixed(flow.values(), p, keyColumn + width),
                scores(ops, flow));
    }

    /** The same scores with a mask in which the prefix is visible. */
    private AttentionScores scores(Ops ops, AttentionFlow flow) {
        AttentionScores scores = flow.scores();
        long queries = flow.queries().size(2);
        long keys = flow.keys().size(2) + tokens;
        int window = scores.window() < keys ? scores.window() : 0;
        @Nullable Tensor mask = scores.mask();
        if (mask == null) {
            return scores.causal() || window > 0
                    ? scores.withMask(ops.causalMask(null, queries, keys, window, flow.queries()))
                    : scores;
        }
        Tensor visible =
                window > 0
                        ? inWindow(ops, mask, queries, keys, window)
                        : ops.full(
                                0, mask.dtype(), mask.size(0), mask.size(1), mask.size(2), tokens);
        return scores.withMask(ops.concat(visible, mask, 3));
    }

    /** A prefix comes before the sequence and goes out of a window as the sequence does. */
    private Tensor inWindow(Ops ops, Tensor mask, long queries, long keys, int window) {
        Tensor all = ops.causalMask(null, queries, keys, window, mask);
        Tensor first = ops.narrow(all, 3, 0, tokens);
        int rows = Math.toIntExact(mask.size(0));
        return rows == 1 ? first : ops.rows(first, ops.longs(new long[rows], rows));
    }
}
