package org.peft4j.transformers.generation;

import java.util.List;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/** Which texts to go on with. The loop runs the model, a search chooses. For one call. */
interface Search {

    /**
     * Chooses the next tokens.
     *
     * @param ops the operators of the pass
     * @param logits [rows, vocabulary]: in the first step one row for each prompt, then one for
     *     each token of the last {@link NextTokens}
     * @return what the model reads next; nothing when all texts have ended
     */
    NextTokens choose(Ops ops, Tensor logits);

    /** Returns the texts, those of a prompt together. */
    List<GeneratedSequence> results();
}
