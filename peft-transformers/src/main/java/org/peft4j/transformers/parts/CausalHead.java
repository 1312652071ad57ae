package org.peft4j.transformers.parts;

import java.util.Arrays;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;

/**
 * Next-token prediction: the logits of a position are compared with the label of the next one.
 *
 * <p>Only positions with a label pass the head. Where nothing acts on it their logits exist for a
 * slice of positions at a time: with a vocabulary of 128,000 all of them would outweigh the model.
 *
 * @param linear maps hidden states to the vocabulary
 */
public record CausalHead(LinearPoint linear) implements TaskHead {

    private static final long LOGITS_AT_A_TIME = 1L << 23;

    @Override
    public TaskType task() {
        return TaskType.CAUSAL_LM;
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden) {
        return linear.forward(context, hidden);
    }

    @Override
    public long lossCount(TokenBatch batch) {
        return Scored.of(batch, 0, linear.out()).count();
    }

    @Override
    public TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale) {
        int virtual = Math.toIntExact(hidden.size(1)) - batch.length();
        Scored scored = Scored.of(batch, virtual, linear.out());
        int count = scored.count();
        if (count == 0) {
            return new TaskLoss(0, 0, null, null);
        }
        Ops ops = context.ops();
        Tensor chosen = ops.flatRows(hidden, ops.longs(scored.positions(), count));
        Tensor labels = ops.longs(scored.labels(), count);
        if (!linear.isPlain(context)) {
            Tensor logits = linear.forward(context.forRows(scored.rows()), chosen);
            Tensor sum = ops.crossEntropy(logits, labels);
            return new TaskLoss(sum.toDouble(), count, ops.scale(sum, scale), null);
        }
        LinearWeights weights = context.weights(linear);
        Ops.LossAndGradient loss =
                ops.linearCrossEntropy(
                        chosen,
                        weights.weight(),
                        weights.bias(),
                        labels,
                        scale,
                        Math.max(1, LOGITS_AT_A_TIME / linear.out()));
        return new TaskLoss(loss.loss().toDouble(), count, chosen, loss.gradient());
    }

    /**
     * The positions whose next token has a label.
     *
     * @param positions counted through rows and positions of the hidden states
     * @param labels the ids that should come next
     * @param rows the rows of the batch they are in
     */
    private record Scored(long[] positions, long[] labels, int[] rows) {

        int count() {
            return rows.length;
        }

        static Scored of(TokenBatch batch, int virtual, long vocabulary) {
            long[] given = batch.requireLabels();
            int length = batch.length();
            long[] positions = new long[given.length];
            long[] labels = new long[given.length];
            int[] rows = new int[given.length];
            int count = 0;
            for (int i = 0; i < given.length; i++) {
                int row = i / length;
                int before = virtual + i % length - 1;
                if (given[i] == TokenBatch.IGNORED || before < 0) {
                    continue;
                }
                if (given[i] < 0 || given[i] >= vocabulary) {
                    throw new PeftException(
                            "row "
                                    + row
                                    + " has the label "
                                    + given[i]
                                    + " at position "
                                    + i % length
                                    + ", but labels are ids below "
                                    + vocabulary
                                    + ", or "
                                    + TokenBatch.IGNORED
                                    + " for none.");
                }
                positions[count] = (long) row * (virtual + length) + before;
                labels[count] = given[i];
                rows[count] = row;
                count++;
            }
            return new Scored(
                    Arrays.copyOf(positions, count),
                    Arrays.copyOf(labels, count),
                    Arrays.copyOf(rows, count));
        }
    }
}
