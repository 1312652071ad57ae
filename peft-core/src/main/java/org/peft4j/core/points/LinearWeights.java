package org.peft4j.core.points;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;

/**
 * The parameters of a linear map y = W x + b.
 *
 * @param weight W, [out, in]; of a layout that stores it transposed (GPT-2's Conv1D), a transposed
 *     view
 * @param bias b, [out], or null
 */
public record LinearWeights(Tensor weight, @Nullable Tensor bias) {

    /** The same map with another bias. */
    public LinearWeights withBias(@Nullable Tensor other) {
        return new LinearWeights(weight, other);
    }

    /** The same map with another weight. */
    public LinearWeights withWeight(Tensor other) {
        return new LinearWeights(other, bias);
    }
}
