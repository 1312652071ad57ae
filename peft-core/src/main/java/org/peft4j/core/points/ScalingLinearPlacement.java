package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/**
 * A placement that scales each feature of the linear's input or of its output, and touches nothing
 * else. Rows with different ones share the frozen product.
 */
public interface ScalingLinearPlacement extends LinearPlacement {

    /** What is scaled. */
    enum Side {
        INPUT,
        OUTPUT
    }

    /** Returns what is scaled. */
    Side side();

    /**
     * Scales a side of the linear.
     *
     * @param context the pass
     * @param x [rows, features of {@link #side}]
     * @return the same shape and dtype
     */
    Tensor scaled(ForwardContext context, Tensor x);

    @Override
    default Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
        return side() == Side.INPUT
                ? inner.apply(scaled(context, x))
                : scaled(context, inner.apply(x));
    }
}
