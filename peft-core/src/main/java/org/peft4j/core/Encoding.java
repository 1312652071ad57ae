package org.peft4j.core;

import org.peft4j.core.ops.Tensor;

/**
 * A tensor that a pass computes from an adapter's parameters, such as virtual tokens from those of
 * their encoder.
 */
@FunctionalInterface
public interface Encoding {

    /**
     * Computes the tensor.
     *
     * @param context the pass; dropout and autograd follow it
     */
    Tensor in(ForwardContext context);
}
