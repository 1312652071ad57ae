package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/**
 * A placement that adds a term to the linear's output and touches nothing else. Rows with different
 * ones share the frozen product.
 */
public interface AdditiveLinearPlacement extends LinearPlacement {

    /**
     * The term to add.
     *
     * @param context the pass
     * @param x [rows, in]
     * @return [rows, out]; a wider dtype than x's is rounded after the sum
     */
    Tensor delta(ForwardContext context, Tensor x);

    @Override
    default Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
        return context.ops().add(inner.apply(x), delta(context, x));
    }
}
