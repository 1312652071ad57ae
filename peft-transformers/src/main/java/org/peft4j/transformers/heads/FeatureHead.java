package org.peft4j.transformers.heads;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;

/** No head: the hidden states are the result, and nothing says what they should have been. */
public record FeatureHead() implements TaskHead {

    @Override
    public TaskType task() {
        return TaskType.FEATURE_EXTRACTION;
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        return hidden;
    }

    @Override
    public TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale) {
        throw noLoss();
    }

    @Override
    public long lossCount(TokenBatch batch) {
        throw noLoss();
    }

    private static PeftException noLoss() {
        return new PeftException(
                "a base that was opened for FEATURE_EXTRACTION has no loss of its own. Open it for"
                        + " another task to train it.");
    }
}
