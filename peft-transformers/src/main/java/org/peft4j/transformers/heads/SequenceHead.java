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
import org.peft4j.transformers.HeadOptions.Problem;

/**
 * Classifies or rates a whole sequence.
 *
 * @param layers map one hidden state to logits
 * @param pooling which hidden state
 * @param problem what the logits mean
 * @param modules what every adapter trains
 */
public record SequenceHead(
        ClassifierLayers layers, Pooling pooling, Problem problem, List<String> modules)
        implements TaskHead {

    /** Copies the list. */
    public SequenceHead {
        modules = List.copyOf(modules);
    }

    @Override
    public TaskType task() {
        return TaskType.SEQ_CLS;
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        Ops ops = context.ops();
        int length = Math.toIntExact(hidden.size(1));
        long[] positions = pooling.positions(context, batch, length - batch.length());
        for (int row = 0; row < positions.length; row++) {
            positions[row] += (long) row * length;
        }
        Tensor pooled = ops.flatRows(hidden, ops.longs(positions, positions.length));
        return layers.forward(context, pooled);
    }

    @Override
    public long lossCount(TokenBatch batch) {
        if (problem == Problem.SINGLE_LABEL_CLASSIFICATION) {
            return Arrays.stream(labels(batch)).filter(l -> l != TokenBatch.IGNORED).count();
        }
        return targets(batch).length;
    }

    @Override
    public TaskLoss loss(ForwardContext context, Tensor hidden, TokenBatch batch, double scale) {
        Ops ops = context.ops();
        long count = lossCount(batch);
        Tensor logits = logits(context, hidden, batch);
        Tensor sum =
                switch (problem) {
                    case SINGLE_LABEL_CLASSIFICATION ->
                            ops.crossEntropy(logits, ops.longs(labels(batch), batch.rows()));
                    case MULTI_LABEL_CLASSIFICATION ->
                            ops.binaryCrossEntropy(logits, targets(ops, batch));
                    case REGRESSION -> ops.squaredError(logits, targets(ops, batch));
                };
        return new TaskLoss(sum.toDouble(), count, ops.scale(sum, scale), null);
    }

    private Tensor targets(Ops ops, TokenBatch batch) {
        return ops.floats(targets(batch), batch.rows(), layers.size());
    }

    private float[] targets(TokenBatch batch) {
        float[] targets = batch.requireTargets();
        if (targets.length != batch.rows() * layers.size()) {
            throw new PeftException(
                    "a batch of "
                            + batch.rows()
                            + " rows for "
                            + layers.size()
                            + " labels needs "
                            + batch.rows() * layers.size()
                            + " targets but has "
                            + targets.length
                            + ".");
        }
        return targets;
    }

    private long[] labels(TokenBatch batch) {
        long[] labels = batch.requireLabels();
        if (labels.length != batch.rows()) {
            throw new PeftException(
                    "a batch of "
                            + batch.rows()
                            + " rows needs as many labels, one a row, but has "
                            + labels.length
                            + ".");
        }
        return Classes.checked(labels, layers.size());
    }
}
