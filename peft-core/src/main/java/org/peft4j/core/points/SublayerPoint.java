package org.peft4j.core.points;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Where attention or the feed-forward joins the residual stream.
 *
 * @param path the path of the attention or feed-forward module
 * @param kind which sublayer
 * @param width the width of the residual stream
 * @param place where AdapterHub keeps adapters of this point
 * @param sum how the output joins the stream
 * @param norm the norm behind the sum, in layers that have it there; or null
 */
public record SublayerPoint(
        String path, Kind kind, long width, AdapterPlace place, Sum sum, @Nullable NormPoint norm)
        implements InjectionPoint {

    /** Which sublayer. */
    public enum Kind {
        ATTENTION,
        CROSS_ATTENTION,
        FEED_FORWARD
    }

    /** How a sublayer's output joins the stream. */
    public enum Sum {
        /** Right here, before the next sublayer reads the stream. */
        OWN,
        /** With the output of another sublayer that reads the same stream. */
        SHARED
    }

    /**
     * Adds a sublayer's output to the stream, through whatever this pass's selection placed here
     * and the norm behind the sum.
     *
     * @param flow stream, read and output
     * @return the stream behind the sublayer, [batch, length, width]
     */
    public Tensor join(ForwardContext context, SublayerFlow flow) {
        return forEachGroup(context, flow, this::join);
    }

    /**
     * Passes a sublayer's output through whatever this pass's selection placed here.
     *
     * @param flow stream, read and output
     * @return what is to be added to the stream, [batch, length, width]
     */
    public Tensor change(ForwardContext context, SublayerFlow flow) {
        return forEachGroup(context, flow, SublayerPoint::change);
    }

    /** What happens to the rows of one group. */
    private interface Body {
        Tensor apply(ForwardContext context, List<SublayerPlacement> placements, SublayerFlow flow);
    }

    private Tensor forEachGroup(ForwardContext context, SublayerFlow flow, Body body) {
        List<RowGroup<SublayerPlacement>> groups = context.at(this);
        Ops ops = context.ops();
        return RowGroup.forEach(
                context,
                groups,
                flow.output(),
                (group, output) ->
                        group.isWhole()
                                ? body.apply(context, group.placements(), flow)
                                : body.apply(
                                        context.within(group),
                                        group.placements(),
                                        rows(ops, flow, group.index(), output)));
    }

    private static SublayerFlow rows(Ops ops, SublayerFlow flow, Tensor index, Tensor output) {
        Tensor stream = ops.rows(flow.stream(), index);
        boolean plain = flow.read() == flow.stream();
        return new SublayerFlow(stream, plain ? stream : ops.rows(flow.read(), index), output);
    }

    private static Tensor change(
            ForwardContext context, List<SublayerPlacement> placements, SublayerFlow flow) {
        SublayerFlow changed = flow;
        for (SublayerPlacement placement : placements) {
            changed = changed.withOutput(placement.forward(context, changed));
        }
        return changed.output();
    }

    private Tensor join(
            ForwardContext context, List<SublayerPlacement> placements, SublayerFlow flow) {
        Tensor output = change(context, placements, flow);
        if (!placements.isEmpty() && placements.get(placements.size() - 1).replacesStream()) {
            return output;
        }
        Tensor total = context.ops().add(flow.stream(), output);
        return norm == null ? total : norm.forward(context, total);
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
