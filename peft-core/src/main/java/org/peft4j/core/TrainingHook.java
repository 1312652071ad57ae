package org.peft4j.core;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/** What an adapter may do during training beyond its part in the forward pass. */
public interface TrainingHook {

    /**
     * Returns a term for the loss, such as AdaLoRA's orthogonality; added once a step, not scaled.
     *
     * @param ops operators with autograd
     * @return 0-d FLOAT32, or null for none
     */
    default @Nullable Tensor penalty(Ops ops) {
        return null;
    }

    /**
     * Called after every optimiser step, while the gradients are still there.
     *
     * @param step the number of the step just taken, from 1
     * @param totalSteps the steps of the whole training
     */
    default void afterStep(long step, long totalSteps) {}
}
