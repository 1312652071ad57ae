package org.peft4j.core.points;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/** What an adapter does at a linear point: replace its parameters, act around it, or both. */
public non-sealed interface LinearPlacement extends Placement {

    /**
     * Returns the parameters to use instead of the given ones, such as a trained copy.
     *
     * @param context the pass
     * @param weights the frozen parameters, or those of an adapter below in the stack
     */
    default LinearWeights weights(ForwardContext context, LinearWeights weights) {
        return weights;
    }

    /**
     * Maps x around the linear map.
     *
     * @param context the pass
     * @param inner the linear map with the adapters below in the stack
     * @param x [rows, in]
     * @return [rows, out], of x's dtype
     */
    default Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
        return inner.apply(x);
    }

    /**
     * Folds this placement into the linear map.
     *
     * @param ops operators on weights
     * @param weights FLOAT32 parameters, with the adapters below in the stack folded in
     * @return new FLOAT32 parameters with the same effect, or null if there are none; tensors that
     *     are not the given ones belong to the caller
     */
    default @Nullable LinearWeights merge(WeightOps ops, LinearWeights weights) {
        return null;
    }
}
