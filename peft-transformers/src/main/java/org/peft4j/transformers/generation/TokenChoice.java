package org.peft4j.transformers.generation;

import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/** How the next token is chosen. */
@FunctionalInterface
public interface TokenChoice {

    /** Takes the most probable token. */
    TokenChoice GREEDY = (ops, logits) -> ops.argmax(logits).toLongs();

    /**
     * Chooses a token for each row.
     *
     * @param ops the operators of the pass
     * @param logits [rows, vocabulary], in the model's dtype
     * @return an id for each row
     */
    long[] choose(Ops ops, Tensor logits);
}
