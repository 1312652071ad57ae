package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/** What an adapter does between a sublayer and the residual stream. */
public non-sealed interface SublayerPlacement extends Placement {

    /**
     * Changes a sublayer's output.
     *
     * @param context the pass of these rows
     * @param flow stream, what the sublayer read, and what it computed, changed by the placements
     *     before this one
     * @return what goes on, of the output's shape and dtype
     */
    Tensor forward(ForwardContext context, SublayerFlow flow);

    /**
     * Returns whether what {@link #forward} returns is the stream itself, so that neither the sum
     * nor the norm behind it follows. Only the last placement of a stack is asked.
     */
    default boolean replacesStream() {
        return false;
    }
}
