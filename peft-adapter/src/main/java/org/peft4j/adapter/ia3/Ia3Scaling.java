package org.peft4j.adapter.ia3;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.ScalingLinearPlacement;

/**
 * IA3 at a linear: y = l ⊙ (W x + b), or y = W (l ⊙ x) + b where its input is an inner activation.
 *
 * @param l the factors, [out, 1] or [1, in]
 * @param side what they scale
 */
record Ia3Scaling(Tensor l, Side side) implements ScalingLinearPlacement {

    @Override
    public Tensor scaled(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        return ops.multiply(x, ops.reshape(l, l.elements()));
    }

    /** W with scaled columns, or with scaled rows and b with them. */
    @Override
    public LinearWeights merge(WeightOps ops, LinearWeights weights) {
        Tensor weight = ops.multiply(weights.weight(), l);
        @Nullable Tensor bias = weights.bias();
        if (side == Side.INPUT || bias == null) {
            return new LinearWeights(weight, bias);
        }
        try (Tensor factors = ops.reshape(l, l.elements())) {
            return new LinearWeights(weight, ops.multiply(bias, factors));
        }
    }
}
