package org.peft4j.core;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;

/**
 * A loss and where its backward pass starts.
 *
 * @param sum the summed loss over the counted positions, unscaled
 * @param count the positions
 * @param output the tensor to differentiate; null where no position counts
 * @param outputGradient the scaled loss's gradient for output, of its shape; null where output is
 *     the scaled loss itself, 0-d
 */
public record TaskLoss(
        double sum, long count, @Nullable Tensor output, @Nullable Tensor outputGradient) {

    /** Returns the mean loss over the counted positions; NaN where there is none. */
    public double mean() {
        return sum / count;
    }
}
