package org.peft4j.core;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A batch of token sequences, padded to one length, and what the task wants of them.
 *
 * <p>For an encoder-decoder the batch is the decoder's, and {@link #source} is what the encoder
 * reads.
 *
 * @param layout rows, length and padding
 * @param inputIds [rows, length] row by row
 * @param tokenTypeIds which of two texts a token belongs to, [rows, length]; null for the first
 * @param labels ids that the task wants, by its kind; {@link #IGNORED} where no loss is wanted; or
 *     null. CAUSAL_LM: [rows, length], the id that belongs at each position (the model shifts
 *     them). SEQ_2_SEQ_LM: [rows, length], the id that comes after each position. TOKEN_CLS: [rows,
 *     length]. SEQ_CLS: [rows]. QUESTION_ANS: [rows, 2], the first and the last position of the
 *     answer
 * @param targets numbers that the task wants, [rows, labels]: of a regression, or 0 and 1 where
 *     each label is a decision of its own; or null
 * @param source what the encoder of an encoder-decoder reads, with as many rows; or null
 * @param taskIds the number of each row's task, for methods that train several tasks at once; or
 *     null
 */
public record TokenBatch(
        SequenceLayout layout,
        long[] inputIds,
        long @Nullable [] tokenTypeIds,
        long @Nullable [] labels,
        float @Nullable [] targets,
        @Nullable TokenBatch source,
        long @Nullable [] taskIds) {

    /** The label of a position without loss. */
    public static final long IGNORED = -100;

    /** A batch without labels. */
    public TokenBatch(SequenceLayout layout, long[] inputIds) {
        this(layout, inputIds, null, null, null, null, null);
    }

    /** A batch with labels. */
    public TokenBatch(SequenceLayout layout, long[] inputIds, long[] labels) {
        this(layout, inputIds, null, labels, null, null, null);
    }

    /** Checks the sizes. */
    public TokenBatch {
        requireSize(layout, inputIds, "ids");
        if (tokenTypeIds != null) {
            requireSize(layout, tokenTypeIds, "token types");
        }
        if (source != null && source.rows() != layout.rows()) {
            throw new PeftException(
                    "a batch of "
                            + layout.rows()
                            + " rows needs a source of as many, not of "
                            + source.rows()
                            + ".");
        }
        if (taskIds != null && taskIds.length != layout.rows()) {
            throw new PeftException(
                    "a batch of "
                            + layout.rows()
                            + " rows needs as many task ids, one a row, but has "
                            + taskIds.length
                            + ".");
        }
    }

    private static void requireSize(SequenceLayout layout, long[] values, String what) {
        if (values.length != layout.rows() * layout.length()) {
            throw new PeftException(
                    "a batch of "
                            + layout.rows()
                            + " rows of "
                            + layout.length()
                            + " tokens must have "
                            + layout.rows() * layout.length()
                            + " "
                            + what
                            + " but has "
                            + values.length
                            + ".");
        }
    }

    /**
     * One or several rows of equal length without padding or labels.
     *
     * @param rows the ids of each row
     */
    public static TokenBatch of(long[]... rows) {
        return padded(List.of(rows), null, 0, false);
    }

    /**
     * Pads rows to the longest.
     *
     * @param rows the ids of each row
     * @param labels the labels of each row, or null
     * @param padId the id that fills
     * @param left whether to pad on the left, as generation needs, or on the right
     */
    public static TokenBatch padded(
            List<long[]> rows, @Nullable List<long[]> labels, long padId, boolean left) {
        int width = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        long[] wanted = new long[ids.length];
        Arrays.fill(ids, padId);
        Arrays.fill(wanted, IGNORED);
        for (int i = 0; i < rows.size(); i++) {
            long[] row = rows.get(i);
            int start = i * width + (left ? width - row.length : 0);
            System.arraycopy(row, 0, ids, start, row.length);
            Arrays.fill(mask, start, start + row.length, 1);
            if (labels != null) {
                if (labels.get(i).length != row.length) {
                    throw new PeftException(
                            "row "
                                    + i
                                    + " has "
                                    + row.length
                                    + " tokens but "
                                    + labels.get(i).length
                                    + " labels. Give one label a token, -100 for none.");
                }
                System.arraycopy(labels.get(i), 0, wanted, start, row.length);
            }
        }
        TokenBatch batch = new TokenBatch(new SequenceLayout(rows.size(), 0, width, mask), ids);
        return labels == null ? batch : batch.withLabels(wanted);
    }

    /** Returns the same tokens with labels. */
    public TokenBatch withLabels(long... wanted) {
        return new TokenBatch(layout, inputIds, tokenTypeIds, wanted, targets, source, taskIds);
    }

    /** Returns the same tokens with numbers to predict, [rows, labels] row by row. */
    public TokenBatch withTargets(float... wanted) {
        return new TokenBatch(layout, inputIds, tokenTypeIds, labels, wanted, source, taskIds);
    }

    /** Returns the same tokens with their types. */
    public TokenBatch withTokenTypeIds(long... types) {
        return new TokenBatch(layout, inputIds, types, labels, targets, source, taskIds);
    }

    /** Returns the same tokens as those of a decoder whose encoder reads a source. */
    public TokenBatch withSource(TokenBatch read) {
        TokenBatch of = taskIds == null ? read : read.withTaskIds(taskIds);
        return new TokenBatch(layout, inputIds, tokenTypeIds, labels, targets, of, taskIds);
    }

    /**
     * Returns the same tokens, and the same source, as those of tasks.
     *
     * @param ids the number of each row's task
     */
    public TokenBatch withTaskIds(long... ids) {
        return new TokenBatch(
                layout,
                inputIds,
                tokenTypeIds,
                labels,
                targets,
                source == null ? null : source.withTaskIds(ids),
                ids);
    }

    /**
     * Returns chosen rows.
     *
     * @param order which; may repeat
     */
    public TokenBatch withRows(int... order) {
        return new TokenBatch(
                layout.withRows(order),
                chosen(inputIds, order),
                tokenTypeIds == null ? null : chosen(tokenTypeIds, order),
                labels == null ? null : chosen(labels, order),
                targets == null ? null : chosen(targets, order),
                source == null ? null : source.withRows(order),
                taskIds == null ? null : chosen(taskIds, order));
    }

    private long[] chosen(long[] values, int[] order) {
        int width = values.length / rows();
        long[] chosen = new long[order.length * width];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(values, order[i] * width, chosen, i * width, width);
        }
        return chosen;
    }

    private float[] chosen(float[] values, int[] order) {
        int width = values.length / rows();
        float[] chosen = new float[order.length * width];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(values, order[i] * width, chosen, i * width, width);
        }
        return chosen;
    }

    /** Returns the number of rows. */
    public int rows() {
        return layout.rows();
    }

    /** Returns the number of positions in a row. */
    public int length() {
        return layout.length();
    }

    /** Returns the labels. */
    public long[] requireLabels() {
        if (labels == null) {
            throw new PeftException(
                    "this batch has no labels, so it has no loss. Make it with labels.");
        }
        return labels;
    }

    /** Returns the numbers to predict. */
    public float[] requireTargets() {
        if (targets == null) {
            throw new PeftException(
                    "this batch has no targets, so it has no loss. Make it with targets: one number"
                            + " a label and row.");
        }
        return targets;
    }

    /** Returns what the encoder reads. */
    public TokenBatch requireSource() {
        if (source == null) {
            throw new PeftException(
                    "this base is an encoder-decoder, and the batch has no source for its encoder."
                            + " Add it with withSource.");
        }
        return source;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenBatch that
                && layout.equals(that.layout)
                && Arrays.equals(inputIds, that.inputIds)
                && Arrays.equals(tokenTypeIds, that.tokenTypeIds)
                && Arrays.equals(labels, that.labels)
                && Arrays.equals(targets, that.targets)
                && Objects.equals(source, that.source)
                && Arrays.equals(taskIds, that.taskIds);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                layout,
                Arrays.hashCode(inputIds),
                Arrays.hashCode(tokenTypeIds),
                Arrays.hashCode(labels),
                Arrays.hashCode(targets),
                source,
                Arrays.hashCode(taskIds));
    }
}
