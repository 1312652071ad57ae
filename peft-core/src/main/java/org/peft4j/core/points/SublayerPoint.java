package org.peft4j.core.points;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * What attention or the feed-forward hands to the residual stream, and what it read.
 *
 * @param path the path of the attention or feed-forward module
 * @param kind which sublayer
 * @param width the width of the residual stream
 */
public record SublayerPoint(String path, Kind kind, long width) implements InjectionPoint {

    /** Which sublayer. */
    public enum Kind {
        ATTENTION,
        CROSS_ATTENTION,
        FEED_FORWARD
    }

    /**
     * Passes a sublayer's output through whatever this pass's selection placed here.
     *
     * @param read what the sublayer read, [batch, length, width]
     * @param output what it computed, [batch, length, width]
     * @return what goes to the residual stream
     */
    public Tensor forward(ForwardContext context, Tensor read, Tensor output) {
        List<RowGroup<SublayerPlacement>> groups = context.at(this);
        if (groups.stream().allMatch(group -> group.placements().isEmpty())) {
            return output;
        }
        Ops ops = context.ops();
        long width = output.size(-1);
        Tensor both = groups.size() == 1 ? output : ops.concat(read, output, -1);
        return RowGroup.forEach(
                context,
                groups,
                both,
                (group, rows) -> {
                    boolean whole = group.isWhole();
                    Tensor in = whole ? read : ops.narrow(rows, -1, 0, width);
                    Tensor y = whole ? output : ops.narrow(rows, -1, width, width);
                    for (SublayerPlacement placement : group.placements()) {
                        y = placement.forward(context, in, y);
                    }
                    return y;
                });
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
