package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.WeightOps;

/** What an adapter does at a norm point: replace its parameters. */
public non-sealed interface NormPlacement extends Placement {

    /** Returns the parameters to use instead of the given ones. */
    NormWeights weights(ForwardContext context, NormWeights weights);

    /**
     * Folds this placement into the parameters.
     *
     * @param ops operators on weights
     * @param weights FLOAT32 parameters
     * @return FLOAT32 parameters with the same effect; tensors that are not the given ones belong
     *     to the caller
     */
    NormWeights merge(WeightOps ops, NormWeights weights);
}
