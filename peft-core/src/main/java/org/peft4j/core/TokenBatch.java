package org.peft4j.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch of token sequences, padded to one length.
 *
 * @param layout rows, length and padding
 * @param inputIds [rows, length] row by row
 * @param labels what the task wants: for CAUSAL_LM [rows, length], the id that belongs at each
 *     position (the model shifts them), −100 where no loss is wanted; or null
 */
public record TokenBatch(SequenceLayout layout, long[] inputIds, long @Nullable [] labels) {

    /** The label of a position without loss. */
    public static final long IGNORED = -100;

    /** A batch without labels. */
    public TokenBatch(SequenceLayout layout, long[] inputIds) {
        this(layout, inputIds, null);
    }

    /** Checks the sizes. */
    public TokenBatch {
        if (inputIds.length != layout.rows() * layout.length()) {
            throw new PeftException(
                    "a batch of "
                            + layout.rows()
                            + " rows of "
                            + layout.length()
                            + " tokens must have "
                            + layout.rows() * layout.length()
                            + " ids but has "
                            + inputIds.length
                            + ".");
        }
    }

    /**
     * A batch without labels.
     *
     * @param layout rows, length and padding
     * @param inputIds [rows, length] row by row
     */
    public static TokenBatch of(SequenceLayout layout, long[] inputIds) {
        return new TokenBatch(layout, inputIds, null);
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
        java.util.Arrays.fill(ids, padId);
        java.util.Arrays.fill(wanted, IGNORED);
        for (int i = 0; i < rows.size(); i++) {
            long[] row = rows.get(i);
            int start = i * width + (left ? width - row.length : 0);
            System.arraycopy(row, 0, ids, start, row.length);
            java.util.Arrays.fill(mask, start, start + row.length, 1);
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
        return new TokenBatch(
                new SequenceLayout(rows.size(), 0, width, mask),
                ids,
                labels == null ? null : wanted);
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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenBatch that
                && layout.equals(that.layout)
                && java.util.Arrays.equals(inputIds, that.inputIds)
                && java.util.Arrays.equals(labels, that.labels);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(
                layout, java.util.Arrays.hashCode(inputIds), java.util.Arrays.hashCode(labels));
    }
}
