package org.peft4j.train.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

/**
 * One row to train on or to evaluate.
 *
 * @param inputIds the tokens, at least one
 * @param labels a label for each token, {@link TokenBatch#IGNORED} where no loss is wanted; or, for
 *     tasks with one answer for the whole row, that one label
 * @param selection the adapters that act on this row; null for those of the whole training. A
 *     mixture of rows with different ones trains several adapters at once.
 */
public record Example(long[] inputIds, long[] labels, @Nullable AdapterSelection selection) {

    /** Checks the sizes. */
    public Example {
        if (inputIds.length == 0) {
            throw new PeftException("an example must have at least one token.");
        }
        if (labels.length != inputIds.length && labels.length != 1) {
            throw new PeftException(
                    "an example needs one label a token, or one in all, but has "
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
        return new Example(inputIds, labels, null);
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

    /** Returns the number of tokens. */
    public int length() {
        return inputIds.length;
    }

    /** Returns the adapters of this row, or the common ones where it names none. */
    public AdapterSelection selectionOr(AdapterSelection common) {
        return selection == null ? common : selection;
    }

    /** Returns the same example for other adapters. */
    public Example withSelection(AdapterSelection adapters) {
        return new Example(inputIds, labels, adapters);
    }

    /** Returns the first tokens, with their labels. */
    Example truncated(int length) {
        boolean perToken = labels.length == inputIds.length;
        return new Example(
                Arrays.copyOf(inputIds, length),
                perToken ? Arrays.copyOf(labels, length) : labels,
                selection);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Example that
                && Arrays.equals(inputIds, that.inputIds)
                && Arrays.equals(labels, that.labels)
                && java.util.Objects.equals(selection, that.selection);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(inputIds) + Arrays.hashCode(labels);
    }
}
