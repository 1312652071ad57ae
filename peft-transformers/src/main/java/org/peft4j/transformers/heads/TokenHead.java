package org.peft4j.transformers.heads;

import java.util.Arrays;
import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Puts every token into a class; virtual tokens have none.
 *
 * @param layers map a hidden state to logits
 * @param modules what every adapter trains
 */
public record TokenHead(ClassifierLayers layers, List<String> modules) implements TaskHead {

    /** Copies the list. */
    public TokenHead {
        modules = List.copyOf(modules);
    }

    @Override
    public TaskType task() {
        return TaskType.TOKEN_CLS;
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        return layers.forward(context, ownTokens(context.ops(), hidden, batch));
    }

    /** The hidden states of the batch's own tokens, without those of virtual ones before them. */
    static Tensor ownTokens(Ops ops, Tensor hidden, TokenBatch batch) {
        long virtual = hidden.size(1) - batch.length();
        return virtual == 0 ? hidden : ops.narrow(hidden, 1, virtual, batch.length());
    }

    @Override
    public long lossCount(TokenBatch batch) {
        return Arrays.stream(labels(batch)).filter(label -> label != TokenBatch.IGNORED).count();
    }

    @Override
    public TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale) {
        Ops ops = context.ops();
        long[] labels = labels(batch);
        Tensor logits = ops.reshape(logits(context, hidden, batch), labels.length, layers.size());
        Tensor sum = ops.crossEntropy(logits, ops.longs(labels, labels.length));
        return new TaskLoss(sum.toDouble(), lossCount(batch), ops.scale(sum, scale), null);
    }

    private long[] labels(TokenBatch batch) {
        long[] labels = batch.requireLabels();
        if (labels.length != batch.inputIds().length) {
            throw new PeftException(
                    "a batch of "
                            + batch.inputIds().length
                            + " tokens needs as many labels but has "
                            + labels.length
                            + ".");
        }
        return Classes.checked(labels, layers.size());
    }
}
