package org.peft4j.core.points;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.ScalingLinearPlacement.Side;

/**
 * A frozen linear map: y = W x + b.
 *
 * @param path the module path
 * @param role what it does in the transformer
 * @param frozen its pretrained parameters
 * @param layout how the checkpoint stores the weight
 */
public record LinearPoint(String path, LinearRole role, LinearWeights frozen, Layout layout)
        implements InjectionPoint {

    /** How a checkpoint stores a linear's weight. */
    public enum Layout {
        /** [out, in], as {@code torch.nn.Linear}. */
        OUT_IN,
        /** [in, out], as GPT-2's Conv1D; {@link LinearWeights#weight} is the transposed view. */
        IN_OUT
    }

    /** Returns the width of the input. */
    public long in() {
        return frozen.weight().size(1);
    }

    /** Returns the width of the output. */
    public long out() {
        return frozen.weight().size(0);
    }

    /**
     * Maps x with whatever this pass's selection placed here.
     *
     * @param context the pass
     * @param x [batch, …, in]
     * @return [batch, …, out]
     */
    public Tensor forward(ForwardContext context, Tensor x) {
        List<RowGroup<LinearPlacement>> groups = context.at(this);
        LinearWeights weights = context.weights(this);
        if (groups.size() == 1) {
            return LinearCall.of(context, this, weights, groups.get(0).placements()).apply(x);
        }
        if (holdOnly(groups, AdditiveLinearPlacement.class)) {
            return forwardSums(context, x, weights, groups);
        }
        if (holdOnly(groups, ScalingLinearPlacement.class)) {
            Tensor scaled = scale(context, Side.INPUT, x, groups);
            Tensor y = LinearCall.of(context, this, weights, List.of()).apply(scaled);
            return scale(context, Side.OUTPUT, y, groups);
        }
        return RowGroup.forEach(
                context,
                groups,
                x,
                (group, rows) ->
                        LinearCall.of(context, this, weights, group.placements()).apply(rows));
    }

    private static boolean holdOnly(
            List<RowGroup<LinearPlacement>> groups, Class<? extends LinearPlacement> kind) {
        return groups.stream()
                .flatMap(group -> group.placements().stream())
                .allMatch(kind::isInstance);
    }

    /** Each group's factors on its own rows of the input or of the output. */
    private static Tensor scale(
            ForwardContext context, Side side, Tensor x, List<RowGroup<LinearPlacement>> groups) {
        boolean any =
                groups.stream()
                        .flatMap(group -> group.placements().stream())
                        .anyMatch(placement -> sideOf(placement) == side);
        return any
                ? RowGroup.forEach(
                        context, groups, x, (group, rows) -> scale(context, side, rows, group))
                : x;
    }

    private static Tensor scale(
            ForwardContext context, Side side, Tensor x, RowGroup<LinearPlacement> group) {
        Tensor scaled = x;
        for (LinearPlacement placement : group.placements()) {
            if (sideOf(placement) == side) {
                scaled = ((ScalingLinearPlacement) placement).scaled(context, scaled);
            }
        }
        return scaled;
    }

    private static Side sideOf(LinearPlacement placement) {
        return ((ScalingLinearPlacement) placement).side();
    }

    /** One frozen product for the whole batch, then each group's sum on its own rows. */
    private Tensor forwardSums(
            ForwardContext context,
            Tensor x,
            LinearWeights weights,
            List<RowGroup<LinearPlacement>> groups) {
        Tensor y = LinearCall.of(context, this, weights, List.of()).apply(x);
        for (RowGroup<LinearPlacement> group : groups) {
            if (group.placements().isEmpty()) {
                continue;
            }
            Tensor rows = context.ops().rows(x, group.index());
            for (LinearPlacement placement : group.placements()) {
                Tensor delta = ((AdditiveLinearPlacement) placement).delta(context, rows);
                y = context.ops().addRows(y, group.index(), delta);
            }
        }
        return y;
    }

    /** Returns whether nothing acts here in this pass, so that the caller may fuse it. */
    public boolean isPlain(ForwardContext context) {
        List<RowGroup<LinearPlacement>> groups = context.at(this);
        return groups.stream().allMatch(group -> group.placements().isEmpty());
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
