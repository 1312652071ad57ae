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
import org.peft4j.core.points.LinearPoint;

/**
 * Finds an answer in a text: how likely each position is its first, and how likely its last token.
 * Positions beyond the sequence count as no answer and add no loss, and negative ones as the first,
 * as in {@code transformers}.
 *
 * @param linear maps a hidden state to two logits
 * @param modules what every adapter trains
 */
public record SpanHead(LinearPoint linear, List<String> modules) implements TaskHead {

    /** Copies the list. */
    public SpanHead {
        modules = List.copyOf(modules);
    }

    @Override
    public TaskType task() {
        return TaskType.QUESTION_ANS;
    }

    /** An answer is sought among all positions, and padding takes its part of the probability. */
    @Override
    public boolean readsPadding() {
        return true;
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        return linear.forward(context, TokenHead.ownTokens(context.ops(), hidden, batch));
    }

    @Override
    public long lossCount(TokenBatch batch) {
        return Arrays.stream(spans(batch)).filter(at -> at != TokenBatch.IGNORED).count();
    }

    @Override
    public TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale) {
        Ops ops = context.ops();
        long[] spans = spans(batch);
        Tensor logits = ops.permute(logits(context, hidden, batch), 0, 2, 1);
        Tensor flat = ops.reshape(logits, 2L * batch.rows(), batch.length());
        Tensor sum = ops.crossEntropy(flat, ops.longs(spans, spans.length));
        return new TaskLoss(sum.toDouble(), lossCount(batch), ops.scale(sum, scale), null);
    }

    private static long[] spans(TokenBatch batch) {
        long[] labels = batch.requireLabels();
        if (labels.length != 2 * batch.rows()) {
            throw new PeftException(
                    "a batch of "
                            + batch.rows()
                            + " rows needs two labels a row, the first and the last position of"
                            + " the answer, but has "
                            + labels.length
                            + ".");
        }
        return Arrays.stream(labels).map(at -> scored(at, batch.length())).toArray();
    }

    private static long scored(long at, int length) {
        return at == TokenBatch.IGNORED || at >= length ? TokenBatch.IGNORED : Math.max(0, at);
    }
}
