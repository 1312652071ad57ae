package org.peft4j.core.points;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/** What an adapter does at an embedding point. */
public non-sealed interface EmbeddingPlacement extends Placement {

    /** Returns the table to use instead of the given one, [vocabulary, width]. */
    default Tensor table(ForwardContext context, Tensor table) {
        return table;
    }

    /**
     * Changes the embeddings.
     *
     * @param ids INT64 [rows, length]
     * @param embedded [rows, length, width]
     */
    default Tensor forward(ForwardContext context, Tensor ids, Tensor embedded) {
        return embedded;
    }

    /**
     * Folds this placement into the table.
     *
     * @param ops operators on weights
     * @param table FLOAT32 [vocabulary, width], with the adapters below in the stack folded in
     * @return a new FLOAT32 table with the same effect, or null if there is none; it belongs to the
     *     caller
     */
    default @Nullable Tensor merge(WeightOps ops, Tensor table) {
        return null;
    }
}
