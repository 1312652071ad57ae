package org.peft4j.core.points;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * An attention core: its queries, keys and values, and what it hands to the output projection.
 *
 * @param path the path of the attention module
 * @param kind self or cross attention
 * @param heads query heads
 * @param keyValueHeads key-value heads; fewer than heads in grouped-query attention
 * @param headDim the width of a head
 * @param fused how queries, keys and values lie in the output of their one projection; null where
 *     they have one each
 */
public record AttentionPoint(
        String path,
        Kind kind,
        int heads,
        int keyValueHeads,
        int headDim,
        @Nullable FusedLayout fused)
        implements InjectionPoint {

    /** A core whose queries, keys and values have a projection each. */
    public AttentionPoint(String path, Kind kind, int heads, int keyValueHeads, int headDim) {
        this(path, kind, heads, keyValueHeads, headDim, null);
    }

    /** Where the keys and values come from. */
    public enum Kind {
        SELF,
        CROSS
    }

    /** Returns whether nothing acts here in this pass, so that the base may fuse its core. */
    public boolean isPlain(ForwardContext context) {
        return context.at(this).stream().allMatch(group -> group.placements().isEmpty());
    }

    /**
     * Attends with whatever this pass's selection placed here.
     *
     * @return [batch, length, heads · d]
     */
    public Tensor forward(ForwardContext context, AttentionFlow flow) {
        Ops ops = context.ops();
        return RowGroup.forEach(
                context,
                context.at(this),
                flow.queries(),
                (group, queries) ->
                        attend(
                                context,
                                group.placements(),
                                group.isWhole() ? flow : rows(ops, flow, queries, group.index())));
    }

    private static Tensor attend(
            ForwardContext context, List<AttentionPlacement> placements, AttentionFlow flow) {
        AttentionFlow changed = flow;
        for (AttentionPlacement placement : placements) {
            changed = placement.before(context, changed);
        }
        Tensor y =
                context.ops()
                        .attention(
                                changed.queries(),
                                changed.keys(),
                                changed.values(),
                                changed.scores());
        for (AttentionPlacement placement : placements) {
            y = placement.after(context, changed, y);
        }
        return y;
    }

    private static AttentionFlow rows(Ops ops, AttentionFlow flow, Tensor queries, Tensor index) {
        AttentionScores scores = flow.scores();
        @Nullable Tensor mask = scores.mask();
        @Nullable Tensor bias = scores.bias();
        if (mask != null && mask.size(0) != 1) {
            scores = scores.withMask(ops.rows(mask, index));
        }
        if (bias != null && bias.size(0) != 1) {
            scores = scores.withBias(ops.rows(bias, index));
        }
        return new AttentionFlow(
                ops.rows(flow.read(), index),
                queries,
                ops.rows(flow.keys(), index),
                ops.rows(flow.values(), index),
                scores);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
