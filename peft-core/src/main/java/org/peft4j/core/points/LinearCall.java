package org.peft4j.core.points;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * A linear map with the placements around it that are still to be applied: what an outer placement
 * sees of the inner ones and of the frozen map.
 */
public final class LinearCall {

    private final ForwardContext context;
    private final LinearPoint point;
    private final LinearWeights weights;
    private final List<LinearPlacement> around;

    private LinearCall(
            ForwardContext context,
            LinearPoint point,
            LinearWeights weights,
            List<LinearPlacement> around) {
        this.context = context;
        this.point = point;
        this.weights = weights;
        this.around = around;
    }

    static LinearCall of(
            ForwardContext context,
            LinearPoint point,
            LinearWeights frozen,
            List<LinearPlacement> placements) {
        LinearWeights weights = frozen;
        for (LinearPlacement placement : placements) {
            weights = placement.weights(context, weights);
        }
        return new LinearCall(context, point, weights, placements);
    }

    /** Returns the point. */
    public LinearPoint point() {
        return point;
    }

    /** Returns whether only the linear map itself is left, so that a placement may fuse with it. */
    public boolean isPlain() {
        return around.isEmpty();
    }

    /**
     * Returns the parameters of the linear map in the dtype of an input.
     *
     * @param x the input
     */
    public LinearWeights weightsFor(Tensor x) {
        Ops ops = context.ops();
        Tensor weight = ops.cast(weights.weight(), x.dtype());
        @Nullable Tensor bias = weights.bias();
        return new LinearWeights(weight, bias == null ? null : ops.cast(bias, x.dtype()));
    }

    /** Maps x through the placements that are left, then through the linear map. */
    public Tensor apply(Tensor x) {
        if (around.isEmpty()) {
            LinearWeights w = weightsFor(x);
            return context.ops().linear(x, w.weight(), w.bias());
        }
        int last = around.size() - 1;
        LinearCall inner = new LinearCall(context, point, weights, around.subList(0, last));
        return around.get(last).forward(context, inner, x);
    }
}
