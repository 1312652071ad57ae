package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/** What an adapter does between a sublayer and the residual stream. */
public non-sealed interface SublayerPlacement extends Placement {

    /**
     * Changes a sublayer's output.
     *
     * @param read what the sublayer read, [rows, length, width]
     * @param output what it computed, [rows, length, width]
     * @return what goes on, of the same shape
     */
    Tensor forward(ForwardContext context, Tensor read, Tensor output);
}
