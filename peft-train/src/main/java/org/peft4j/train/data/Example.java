package org.peft4j.train.data;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

/**
 * One row to train on or to evaluate.
 *
 * @param inputIds the tokens, at least one
 * @param tokenTypeIds which of two texts each token belongs to; null for the first
 * @param labels a label for each token, {@link TokenBatch#IGNORED} where no loss is wanted; or, for
 *     tasks with one answer for the whole row, that one label; or the two positions of a span; or
 *     none where there are targets
 * @param targets numbers to predict, one for each output of the model; or null
 * @param selection the adapters that act on this row; null for those of the whole training. A
 *     mixture of rows with different ones trains several adapters at once.
 * @param source for an encoder-decoder, what its encoder reads; the tokens are the decoder's then.
 *     Null for other models
 * @param taskId the number of its task, for methods that train several tasks at once; or null
 */
public record Example(
        long[] inputIds,
        long @Nullable [] tokenTypeIds,
        long[] labels,
        float @Nullable [] targets,
        @Nullable AdapterSelection selection,
        long @Nullable [] source,
        @Nullable Long taskId) {

    private static final int SPAN = 2;

    /** An example of no task in particular. */
    public Example(
            long[] inputIds,
            long @Nullable [] tokenTypeIds,
            long[] labels,
            float @Nullable [] targets,
            @Nullable AdapterSelection selection,
            long @Nullable [] source) {
        this(inputIds, tokenTypeIds, labels, targets, selection, source, null);
    }

    /** An example without a source. */
    public Example(
            long[] inputIds,
            long @Nullable [] tokenTypeIds,
            long[] labels,
            float @Nullable [] targets,
            @Nullable AdapterSelection selection) {
        this(inputIds, tokenTypeIds, labels, targets, selection, null, null);
    }

    /** Checks the sizes. */
    public Example {
        if (inputIds.length == 0 || (source != null && source.length == 0)) {
            throw new PeftException("an example must have at least one token.");
        }
        if (tokenTypeIds != null && tokenTypeIds.length != inputIds.length) {
            throw new PeftException(
                    "an example needs one type a token, but has "
                            + inputIds.length
                            + " tokens and "
                            + tokenTypeIds.length
                            + " types.");
        }
        boolean fits =
                labels.length == inputIds.length
                        || labels.length == 1
                        || labels.length == SPAN
                        || (labels.length == 0 && targets != null);
        if (!fits) {
            throw new PeftException(
                    "an example needs one label a token, or one in all, or two for a span, but has "
                            + inputIds.length
                            + " tokens and "
                            + labels.length
                            + " labels.");
        }
        if (selection != null && selection.isPerRow()) {
            throw new PeftException("an example is one row and has no selection per row.");
        }
    }

    /** An example for the adapters of the whole training. */
    public static Example of(long[] inputIds, long[] labels) {
        return new Example(inputIds, null, labels, null, null);
    }

    /**
     * A text that belongs to a class.
     *
     * @param label the number of the class
     */
    public static Example ofClass(long[] inputIds, long label) {
        return of(inputIds, new long[] {label});
    }

    /**
     * A text with numbers to predict: one for a regression, 0 or 1 for each of several labels.
     *
     * @param targets one for each output of the model
     */
    public static Example ofTargets(long[] inputIds, float... targets) {
        return new Example(inputIds, null, new long[0], targets.clone(), null);
    }

    /**
     * A text with an answer in it.
     *
     * @param first the position of its first token
     * @param last that of its last
     */
    public static Example ofSpan(long[] inputIds, long first, long last) {
        return of(inputIds, new long[] {first, last});
    }

    /** An example whose every token is to be predicted: plain language modelling. */
    public static Example ofText(long... inputIds) {
        return of(inputIds, inputIds);
    }

    /**
     * An example whose last tokens are to be predicted, given the first.
     *
     * @param prompt tokens without loss
     * @param completion tokens with loss
     */
    public static Example ofCompletion(long[] prompt, long[] completion) {
        long[] ids = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, ids, prompt.length, completion.length);
        long[] labels = ids.clone();
        Arrays.fill(labels, 0, prompt.length, TokenBatch.IGNORED);
        return of(ids, labels);
    }

    /**
     * An example of an encoder-decoder: all of a target is to be predicted, given a source.
     *
     * @param source what the encoder reads
     * @param target what the decoder is to predict, with its end token
     * @param start what the decoder begins with: {@code base.decoderStart()}
     */
    public static Example ofTarget(long[] source, long[] target, DecoderStart start) {
        return new Example(start.shifted(target), null, target, null, null, source);
    }

    /** Returns the number of tokens, those of the source included. */
    public int tokens() {
        return inputIds.length + (source == null ? 0 : source.length);
    }

    /** Returns the number of positions; of source or target, whichever has more. */
    public int length() {
        return source == null ? inputIds.length : Math.max(inputIds.length, source.length);
    }

    /** Returns the adapters of this row, or the common ones where it names none. */
    public AdapterSelection selectionOr(AdapterSelection common) {
        return selection == null ? common : selection;
    }

    /** Returns the same example for other adapters. */
    public Example withSelection(AdapterSelection adapters) {
        return new Example(inputIds, tokenTypeIds, labels, targets, adapters, source, taskId);
    }

    /** Returns the same example with the types of its tokens. */
    public Example withTokenTypes(long... types) {
        return new Example(inputIds, types, labels, targets, selection, source, taskId);
    }

    /** Returns the same example as one of a task. */
    public Example withTaskId(long task) {
        return new Example(inputIds, tokenTypeIds, labels, targets, selection, source, task);
    }

    /** Returns the first tokens, with their labels, and the first of the source. */
    Example truncated(int length) {
        return new Example(
                first(inputIds, length),
                tokenTypeIds == null ? null : first(tokenTypeIds, length),
                truncatedLabels(length),
                targets,
                selection,
                source == null ? null : first(source, length),
                taskId);
    }

    private static long[] first(long[] values, int length) {
        return Arrays.copyOf(values, Math.min(values.length, length));
    }

    private long[] truncatedLabels(int length) {
        if (labels.length == inputIds.length) {
            return first(labels, length);
        }
        return labels.length == SPAN
                ? Arrays.stream(labels).map(at -> at < length ? at : TokenBatch.IGNORED).toArray()
                : labels;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Example that
                && Arrays.equals(inputIds, that.inputIds)
                && Arrays.equals(tokenTypeIds, that.tokenTypeIds)
                && Arrays.equals(labels, that.labels)
                && Arrays.equals(targets, that.targets)
                && Objects.equals(selection, that.selection)
                && Arrays.equals(source, that.source)
                && Objects.equals(taskId, that.taskId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                Arrays.hashCode(inputIds),
                Arrays.hashCode(tokenTypeIds),
                Arrays.hashCode(labels),
                Arrays.hashCode(targets),
                selection,
                Arrays.hashCode(source),
                taskId);
    }
}
