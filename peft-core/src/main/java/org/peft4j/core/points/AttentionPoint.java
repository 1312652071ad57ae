package org.peft4j.core.points;

import java.util.ArrayList;
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

    /**
     * Returns whether nothing but prefixes acts here in this pass, so that the base may fuse its
     * core once they are among the keys.
     */
    public boolean isPlain(ForwardContext context) {
        return context.at(this).stream().allMatch(group -> others(group).isEmpty());
    }

    /**
     * Returns what this pass's selection puts before the keys and values.
     *
     * @param read what the attention module read, [batch, length, width]
     */
    public Prefixes prefixes(ForwardContext context, Tensor read) {
        List<RowGroup<AttentionPlacement>> groups = context.at(this);
        return groups.stream().allMatch(group -> group.placements().isEmpty())
                ? Prefixes.NONE
                : Prefixes.of(groups, Math.toIntExact(read.size(0)));
    }

    /**
     * Makes the keys and values of this pass's prefixes, which must not be {@linkplain
     * Prefixes#isEmpty none}. Where rows have prefixes of different lengths, the shorter ones begin
     * with zeros.
     *
     * @param read what the attention module read, [batch, length, width]
     * @return [batch or 1, key-value heads, the longest prefix, d], of the dtype that was read
     */
    public KeysAndValues prefix(ForwardContext context, Tensor read) {
        Ops ops = context.ops();
        List<RowGroup<AttentionPlacement>> groups = context.at(this);
        if (groups.size() == 1) {
            return prefix(context, Prefixes.in(groups.get(0)), read);
        }
        int longest =
                groups.stream()
                        .mapToInt(group -> Prefixes.tokens(Prefixes.in(group)))
                        .max()
                        .orElse(0);
        List<KeysAndValues> parts = new ArrayList<>();
        for (RowGroup<AttentionPlacement> group : groups) {
            Tensor own = ops.rows(read, group.index());
            parts.add(
                    prefix(context, Prefixes.in(group), own)
                            .paddedTo(ops, longest)
                            .repeated(ops, group.members().length));
        }
        KeysAndValues all =
                parts.stream().reduce((above, below) -> above.above(ops, below)).orElseThrow();
        Tensor order = groups.get(0).order();
        return new KeysAndValues(ops.rows(all.keys(), order), ops.rows(all.values(), order));
    }

    private KeysAndValues prefix(
            ForwardContext context, List<PrefixPlacement> prefixes, Tensor read) {
        Ops ops = context.ops();
        if (prefixes.isEmpty()) {
            Tensor none = ops.full(0, read.dtype(), 1, keyValueHeads, 0, headDim);
            return new KeysAndValues(none, none);
        }
        return prefixes.stream()
                .map(placement -> placement.prefix(context, this, read))
                .reduce((inner, outer) -> inner.behind(ops, outer))
                .orElseThrow();
    }

    private static List<AttentionPlacement> others(RowGroup<AttentionPlacement> group) {
        return group.placements().stream()
                .filter(placement -> !(placement instanceof PrefixPlacement))
                .toList();
    }

    /**
     * Attends with whatever else than prefixes this pass's selection placed here.
     *
     * @param flow what is attended to, prefixes included
     * @return [batch, length, heads · d]
     */
    public Tensor forward(ForwardContext context, AttentionFlow flow) {
        if (isPlain(context)) {
            return attend(context, List.of(), flow);
        }
        Ops ops = context.ops();
        return RowGroup.forEach(
                context,
                context.at(this),
                flow.queries(),
                (group, queries) ->
                        attend(
                                context,
                                others(group),
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
                        .attention()
                        .attend(
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
