package org.peft4j.core;

import java.util.Map;
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

    /**
     * Returns what the adapter remembers between steps besides its parameters, such as AdaLoRA's
     * running averages, by name: FLOAT32 tensors that keep their identity for the whole training. A
     * checkpoint saves them, and a resumed training writes the saved values into them.
     */
    default Map<String, Tensor> state() {
        return Map.of();
    }
}
