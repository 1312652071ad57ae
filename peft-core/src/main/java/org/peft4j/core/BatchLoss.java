package org.peft4j.core;

import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.VirtualLabel;

/**
 * The loss of a batch, in which some virtual tokens may have labels beside the text's: −Σ w log
 * p(label | all that comes before it), where w is 1 for the labels of the text.
 *
 * <p>Where there are such virtual tokens, the logits of all scored positions exist at once;
 * elsewhere the base decides.
 */
final class BatchLoss {

    private final BaseModel base;
    private final ForwardContext context;
    private final TokenBatch batch;

    BatchLoss(BaseModel base, ForwardContext context, TokenBatch batch) {
        this.base = base;
        this.context = context;
        this.batch = batch;
    }

    /**
     * Something to predict.
     *
     * @param row of the batch
     * @param from what predicts it: the position in the text, negative for a virtual token
     * @param label the id to predict
     * @param weight the factor of its cross entropy
     */
    private record Scored(int row, int from, long label, double weight) {}

    /** Returns how many terms the loss sums over, however much each weighs. */
    long count() {
        long own = base.lossCount(context, batch);
        List<Scored> scored = scored();
        return scored.isEmpty() ? own : scored.size();
    }

    /**
     * Computes the loss.
     *
     * @param scale its factor in the gradient
     */
    TaskLoss loss(double scale) {
        List<Scored> scored = scored();
        if (scored.isEmpty()) {
            return base.loss(context, batch, scale);
        }
        base.lossCount(context, batch); // refuses labels that are no ids
        Ops ops = context.ops();
        int count = scored.size();
        Tensor hidden = base.hiddenStates(context, batch, null);
        Tensor chosen = ops.flatRows(hidden, ops.longs(positions(scored, hidden.size(1)), count));
        Tensor one = ops.reshape(chosen, count, 1, chosen.size(1));
        int[] rows = scored.stream().mapToInt(Scored::row).toArray();
        Tensor logits = base.logits(context.forRows(rows), one, batch);
        long[] labels = scored.stream().mapToLong(Scored::label).toArray();
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) scored.get(i).weight();
        }
        Tensor sum =
                ops.weightedCrossEntropy(
                        ops.reshape(logits, count, logits.size(2)),
                        ops.longs(labels, count),
                        ops.floats(weights, count));
        return new TaskLoss(sum.toDouble(), count, ops.scale(sum, scale), null);
    }

    /** Where hidden states are what predicts, counted through rows and positions. */
    private long[] positions(List<Scored> scored, long width) {
        long virtual = width - batch.length();
        return scored.stream().mapToLong(s -> s.row() * width + virtual + s.from()).toArray();
    }

    /** All that is to be predicted; empty where no virtual token has a label. */
    private List<Scored> scored() {
        if (base.info().task() != TaskType.CAUSAL_LM) {
            return List.of();
        }
        List<List<VirtualLabel>> virtual =
                context.virtualLabels(InputPoint.Kind.DECODER, batch.rows());
        if (virtual.stream().allMatch(List::isEmpty)) {
            return List.of();
        }
        int[] tokens = context.virtualTokens(InputPoint.Kind.DECODER, batch.rows());
        List<Scored> scored = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            List<Scored> text = text(row, tokens[row]);
            if (!text.isEmpty()) {
                for (VirtualLabel label : virtual.get(row)) {
                    if (label.token() > 0) {
                        int from = label.token() - 1 - tokens[row];
                        scored.add(new Scored(row, from, label.id(), label.weight()));
                    }
                }
                scored.addAll(text);
            }
        }
        return scored;
    }

    private List<Scored> text(int row, int virtualTokens) {
        long[] labels = batch.requireLabels();
        List<Scored> text = new ArrayList<>();
        for (int i = 0; i < batch.length(); i++) {
            long label = labels[row * batch.length() + i];
            int from = batch.layout().predecessor(row, i);
            if (label != TokenBatch.IGNORED && from + virtualTokens >= 0) {
                text.add(new Scored(row, from, label, 1));
            }
        }
        return text;
    }
}
