package org.peft4j.train.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ExitGuard;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.StepLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputPoint;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;

/** Measures a model on a data set, in inference mode: no dropout, no gradients. */
public final class Evaluator {

    private final PeftModel model;
    private final Collator collator;
    private final int batchSize;

    /**
     * Makes an evaluator.
     *
     * @param model the base with its adapters
     * @param collator pads the examples
     * @param batchSize examples in one forward pass
     */
    public Evaluator(PeftModel model, Collator collator, int batchSize) {
        if (batchSize < 1) {
            throw new PeftException("batchSize must be at least 1 but is " + batchSize + ".");
        }
        this.model = model;
        this.collator = collator;
        this.batchSize = batchSize;
    }

    /**
     * Measures the mean loss over all labels.
     *
     * @param selection the adapters of examples that name none
     * @param examples the data
     * @throws PeftException if no example has a label
     * @throws NonFiniteException if the loss is NaN or infinite
     */
    public Evaluation loss(AdapterSelection selection, List<Example> examples) {
        return ExitGuard.during(() -> lossOfAll(selection, examples));
    }

    private Evaluation lossOfAll(AdapterSelection selection, List<Example> examples) {
        double sum = 0;
        long labels = 0;
        for (List<Example> rows : batches(examples)) {
            StepLoss loss = model.loss(Collator.selection(rows, selection), collator.collate(rows));
            sum += loss.sum();
            labels += loss.count();
        }
        if (labels == 0) {
            throw new PeftException(
                    "the evaluation data have no labels, so they have no loss. Give examples with"
                            + " something to predict.");
        }
        if (!Double.isFinite(sum)) {
            throw new NonFiniteException(
                    "the loss on the evaluation data is "
                            + sum
                            + ". Load an earlier checkpoint, or look for damaged rows in the data.");
        }
        return new Evaluation(sum / labels, labels);
    }

    /**
     * Measures how often the likeliest next token is the label.
     *
     * @param selection the adapters of examples that name none
     * @param examples the data
     * @throws PeftException if the base is no language model
     */
    public Accuracy accuracy(AdapterSelection selection, List<Example> examples) {
        return ExitGuard.during(() -> accuracyOfAll(selection, examples));
    }

    private Accuracy accuracyOfAll(AdapterSelection selection, List<Example> examples) {
        TaskType task = model.base().info().task();
        if (task != TaskType.CAUSAL_LM && task != TaskType.SEQ_2_SEQ_LM) {
            throw new PeftException(
                    "next-token accuracy is defined for CAUSAL_LM and SEQ_2_SEQ_LM, and this base"
                            + " does "
                            + task
                            + ".");
        }
        Accuracy all = new Accuracy(0, 0, 0, 0);
        for (List<Example> rows : batches(examples)) {
            Accuracy part = accuracy(Collator.selection(rows, selection), collator.collate(rows));
            all =
                    new Accuracy(
                            all.rightTokens() + part.rightTokens(),
                            all.tokens() + part.tokens(),
                            all.exactRows() + part.exactRows(),
                            all.rows() + part.rows());
        }
        return all;
    }

    /**
     * Counts how often the likeliest class is the label, of texts (SEQ_CLS) or tokens (TOKEN_CLS).
     *
     * @param selection the adapters of examples that name none
     * @param examples the data, with labels
     * @throws PeftException if the base does neither, or nothing has a label
     */
    public Classification classification(AdapterSelection selection, List<Example> examples) {
        return ExitGuard.during(() -> classificationOfAll(selection, examples));
    }

    private Classification classificationOfAll(AdapterSelection selection, List<Example> examples) {
        requireTask("classes are", TaskType.SEQ_CLS, TaskType.TOKEN_CLS);
        @Nullable Classification all = null;
        for (List<Example> rows : batches(examples)) {
            TokenBatch batch = collator.collate(rows);
            long[] labels = batch.requireLabels();
            Classification part =
                    logits(
                            Collator.selection(rows, selection),
                            batch,
                            (ops, logits) ->
                                    Classification.of(
                                            Math.toIntExact(logits.size(-1)),
                                            labels,
                                            ops.argmax(logits).toLongs()));
            all = all == null ? part : all.plus(part);
        }
        if (all == null || all.count() == 0) {
            throw new PeftException(
                    "the evaluation data have no labels. Give examples with something to predict.");
        }
        return all;
    }

    /**
     * Measures how near the model's numbers come to the targets.
     *
     * @param selection the adapters of examples that name none
     * @param examples the data, with targets
     * @throws PeftException if the base does no SEQ_CLS, or there are no examples
     */
    public Regression regression(AdapterSelection selection, List<Example> examples) {
        return ExitGuard.during(() -> regressionOfAll(selection, examples));
    }

    private Regression regressionOfAll(AdapterSelection selection, List<Example> examples) {
        requireTask("numbers are", TaskType.SEQ_CLS);
        if (examples.isEmpty()) {
            throw new PeftException("there are no evaluation data. Give at least one example.");
        }
        List<Double> targets = new ArrayList<>();
        List<Double> predictions = new ArrayList<>();
        for (List<Example> rows : batches(examples)) {
            TokenBatch batch = collator.collate(rows);
            addAll(targets, batch.requireTargets());
            addAll(
                    predictions,
                    logits(
                            Collator.selection(rows, selection),
                            batch,
                            (ops, logits) -> ops.cast(logits, DType.FLOAT32).toFloats()));
        }
        return Regression.of(array(targets), array(predictions));
    }

    private static void addAll(List<Double> list, float[] values) {
        for (float value : values) {
            list.add((double) value);
        }
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private void requireTask(String what, TaskType... tasks) {
        TaskType task = model.base().info().task();
        if (!List.of(tasks).contains(task)) {
            throw new PeftException(
                    what
                            + " predicted by bases for "
                            + List.of(tasks)
                            + ", and this base does "
                            + task
                            + ".");
        }
    }

    private Accuracy accuracy(AdapterSelection selection, TokenBatch batch) {
        return read(
                selection,
                batch,
                (context, logits) ->
                        accuracy(
                                batch,
                                context.ops().argmax(logits).toLongs(),
                                context.virtualTokens(InputPoint.Kind.DECODER, batch.rows())));
    }

    /**
     * Compares labels with predictions.
     *
     * @param predicted the likeliest token after each position, virtual ones included
     * @param virtual how many virtual tokens each row has, the last of which predicts its first
     */
    private Accuracy accuracy(TokenBatch batch, long[] predicted, int[] virtual) {
        long[] labels = batch.requireLabels();
        // a decoder behind an encoder reads its labels one position late
        int ahead = model.base().info().task() == TaskType.SEQ_2_SEQ_LM ? 0 : 1;
        int width = predicted.length / batch.rows();
        int before = width - batch.length();
        long right = 0;
        long tokens = 0;
        long exact = 0;
        long rows = 0;
        for (int row = 0; row < batch.rows(); row++) {
            long rightInRow = 0;
            long inRow = 0;
            for (int i = Math.max(0, ahead - virtual[row]); i < batch.length(); i++) {
                long label = labels[row * batch.length() + i];
                inRow += label == TokenBatch.IGNORED ? 0 : 1;
                rightInRow += label == predicted[row * width + before + i - ahead] ? 1 : 0;
            }
            right += rightInRow;
            tokens += inRow;
            rows += inRow > 0 ? 1 : 0;
            exact += inRow > 0 && rightInRow == inRow ? 1 : 0;
        }
        return new Accuracy(right, tokens, exact, rows);
    }

    /** Reads logits in the model's dtype before they are freed. */
    private <T> T logits(
            AdapterSelection selection, TokenBatch batch, BiFunction<Ops, Tensor, T> read) {
        return read(selection, batch, (context, logits) -> read.apply(context.ops(), logits));
    }

    private <T> T read(
            AdapterSelection selection,
            TokenBatch batch,
            BiFunction<ForwardContext, Tensor, T> read) {
        BaseModel base = model.base();
        try (ForwardContext context = model.open(selection)) {
            Tensor hidden = base.hiddenStates(context, batch, null);
            return read.apply(context, base.logits(context, hidden, batch));
        }
    }

    private List<List<Example>> batches(List<Example> examples) {
        List<List<Example>> batches = new ArrayList<>();
        for (int start = 0; start < examples.size(); start += batchSize) {
            batches.add(examples.subList(start, Math.min(examples.size(), start + batchSize)));
        }
        return batches;
    }
}
