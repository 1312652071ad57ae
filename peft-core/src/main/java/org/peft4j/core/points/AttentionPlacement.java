package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/** What an adapter does in an attention core: before it attends, after, or both. */
public non-sealed interface AttentionPlacement extends Placement {

    /**
     * Changes queries, keys, values or mask; for keys and values before the others there is {@link
     * PrefixPlacement}.
     *
     * @param flow what is attended to, prefixes included
     */
    default AttentionFlow before(ForwardContext context, AttentionFlow flow) {
        return flow;
    }

    /**
     * Changes what goes to the output projection.
     *
     * @param flow what was attended to
     * @param output [rows, length, heads · d]
     */
    default Tensor after(ForwardContext context, AttentionFlow flow, Tensor output) {
        return output;
    }
}
