package org.peft4j.transformers.heads;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;

/**
 * Scores the vocabulary at every position.
 *
 * <p>Only positions with a label pass the head. Where nothing acts on it their logits exist for a
 * slice of positions at a time: with a vocabulary of 128,000 all of them would outweigh the model.
 *
 * @param task CAUSAL_LM, where the logits of a position are compared with the label of the next
 *     token, or SEQ_2_SEQ_LM, where they are compared with its own
 * @param linear maps hidden states to the vocabulary
 * @param inputScale a factor on the hidden states, as T5 has it; 1 for none
 * @param cap logits are cap · tanh(logits / cap), as in Gemma 2; 0 for none
 * @param extraBias a bias on the logits that is no parameter of the linear, as BART's {@code
 *     final_logits_bias}, [vocabulary]; or null
 */
public record LanguageModelHead(
        TaskType task,
        LinearPoint linear,
        double inputScale,
        double cap,
        @Nullable Tensor extraBias)
        implements TaskHead {

    private static final long LOGITS_AT_A_TIME = 1L << 23;

    /** Checks the task. */
    public LanguageModelHead {
        if (task != TaskType.CAUSAL_LM && task != TaskType.SEQ_2_SEQ_LM) {
            throw new IllegalArgumentException("not a task of language modelling: " + task);
        }
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        return logits(context, scaled(context, hidden));
    }

    private Tensor logits(ForwardContext context, Tensor scaled) {
        Ops ops = context.ops();
        Tensor logits = linear.forward(context, scaled);
        if (extraBias != null) {
            logits = ops.add(logits, extraBias);
        }
        return cap > 0 ? ops.softCap(logits, cap) : logits;
    }

    private Tensor scaled(ForwardContext context, Tensor hidden) {
        return inputScale == 1 ? hidden : context.ops().scale(hidden, inputScale);
    }

    @Override
    public long lossCount(TokenBatch batch) {
        return scored(batch, 0, new int[batch.rows()]).count();
    }

    @Override
    public long lossCount(ForwardContext context, TokenBatch batch) {
        int[] own = context.virtualTokens(InputPoint.Kind.DECODER, batch.rows());
        return scored(batch, 0, own).count();
    }

    @Override
    public TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale) {
        int virtual = Math.toIntExact(hidden.size(1)) - batch.length();
        Scored scored =
                scored(
                        batch,
                        virtual,
                        context.virtualTokens(InputPoint.Kind.DECODER, batch.rows()));
        int count = scored.count();
        if (count == 0) {
            return new TaskLoss(0, 0, null, null);
        }
        Ops ops = context.ops();
        Tensor chosen = scaled(context, ops.flatRows(hidden, ops.longs(scored.positions(), count)));
        Tensor labels = ops.longs(scored.labels(), count);
        @Nullable Tensor extra = extraBias;
        if (!linear.isPlain(context)) {
            Tensor logits = logits(context.forRows(scored.rows()), chosen);
            Tensor sum = ops.crossEntropy(logits, labels);
            return new TaskLoss(sum.toDouble(), count, ops.scale(sum, scale), null);
        }
        LinearWeights weights = context.weights(linear);
        Ops.LossAndGradient loss =
                ops.linearCrossEntropy(
                        chosen,
                        weights.weight(),
                        bias(ops, weights.bias(), extra),
                        labels,
                        scale,
                        Math.max(1, LOGITS_AT_A_TIME / linear.out()),
                        cap);
        return new TaskLoss(loss.loss().toDouble(), count, chosen, loss.gradient());
    }

    private static @Nullable Tensor bias(Ops ops, @Nullable Tensor one, @Nullable Tensor other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return ops.add(one, other);
    }

    /**
     * Finds the positions with something to predict.
     *
     * @param virtual the positions of the hidden states before those of the batch
     * @param own how many of them are the row's own virtual tokens: those before are padding
     */
    private Scored scored(TokenBatch batch, int virtual, int[] own) {
        long[] given = batch.requireLabels();
        int length = batch.length();
        boolean shifts = task == TaskType.CAUSAL_LM;
        long[] positions = new long[given.length];
        long[] labels = new long[given.length];
        int[] rows = new int[given.length];
        int count = 0;
        for (int i = 0; i < given.length; i++) {
            int row = i / length;
            int at = shifts ? batch.layout().predecessor(row, i % length) : i % length;
            if (given[i] == TokenBatch.IGNORED || at < -own[row]) {
                continue;
            }
            requireId(given[i], row, i % length);
            positions[count] = (long) row * (virtual + length) + virtual + at;
            labels[count] = given[i];
            rows[count] = row;
            count++;
        }
        return new Scored(
                Arrays.copyOf(positions, count),
                Arrays.copyOf(labels, count),
                Arrays.copyOf(rows, count));
    }

    private void requireId(long label, int row, int position) {
        if (label < 0 || label >= linear.out()) {
            throw new PeftException(
                    "row "
                            + row
                            + " has the label "
                            + label
                            + " at position "
                            + position
                            + ", but labels are ids below "
                            + linear.out()
                            + ", or "
                            + TokenBatch.IGNORED
                            + " for none.");
        }
    }

    /**
     * The positions with something to predict.
     *
     * @param positions counted through rows and positions of the hidden states
     * @param labels the ids that they should predict
     * @param rows the rows of the batch they are in
     */
    private record Scored(long[] positions, long[] labels, int[] rows) {

        int count() {
            return rows.length;
        }
    }
}
