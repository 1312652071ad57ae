package org.peft4j.core.points;

import java.util.List;
import org.peft4j.core.ForwardContext;

/** What an adapter does at the input, such as putting virtual tokens before it. */
public non-sealed interface InputPlacement extends Placement {

    /** Returns how many virtual tokens it puts before each row. */
    default int virtualTokens() {
        return 0;
    }

    /**
     * Returns which of its virtual tokens have labels. They count in the loss of a causal language
     * model, in every row that has labels of its own; a row's first token has nothing that predicts
     * it and never counts.
     */
    default List<VirtualLabel> labels() {
        return List.of();
    }

    /**
     * Changes the embedded sequence, its mask and its positions. In passes that continue a sequence
     * ({@link org.peft4j.core.SequenceLayout#past} is not 0) its virtual tokens are there already.
     */
    InputFlow forward(ForwardContext context, InputFlow flow);
}
