package org.peft4j.transformers.heads;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;

/** What turns hidden states into a task's logits and loss. */
public interface TaskHead {

    /** Returns the task. */
    TaskType task();

    /**
     * Maps hidden states, [rows, length, width], to logits in the model's dtype; their shape is
     * that of {@link org.peft4j.core.BaseModel#logits}.
     */
    Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch);

    /**
     * Computes the loss.
     *
     * @param hidden [rows, length, width]; longer than the batch where a method put virtual tokens
     *     before it
     * @param batch the tokens, with labels
     * @param scale the factor of the loss in the gradient
     */
    TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale);

    /** Returns how many terms the loss of a batch without virtual tokens sums over. */
    long lossCount(TokenBatch batch);

    /** Returns how many terms the loss of a batch sums over in a pass, virtual tokens included. */
    default long lossCount(ForwardContext context, TokenBatch batch) {
        return lossCount(batch);
    }

    /** Returns whether it reads the hidden states of padding too. */
    default boolean readsPadding() {
        return false;
    }

    /** Returns the names of its modules that every adapter trains; see {@code BaseModel}. */
    default List<String> modules() {
        return List.of();
    }
}
