package org.peft4j.core;

import org.jspecify.annotations.Nullable;

/**
 * Where the tokens of a batch lie: how many come now, how many came before (in a key-value cache,
 * or as virtual tokens), and which of all these are padding.
 *
 * @param rows the batch
 * @param past positions before the ones of this pass, the same for every row
 * @param length positions in this pass
 * @param mask 1 for a token and 0 for padding, [rows, past + length] row by row; null where there
 *     is no padding
 */
public record SequenceLayout(int rows, int past, int length, long @Nullable [] mask) {

    /** A layout without padding. */
    public SequenceLayout(int rows, int past, int length) {
        this(rows, past, length, null);
    }

    /** Checks the sizes; a mask without padding becomes null. */
    public SequenceLayout {
        if (rows < 1 || length < 1 || past < 0) {
            throw new PeftException(
                    "a batch needs at least one row and one position, not "
                            + rows
                            + " rows of "
                            + length
                            + " after "
                            + past
                            + ".");
        }
        if (mask != null) {
            if (mask.length != Math.multiplyExact(rows, past + length)) {
                throw new PeftException(
                        "an attention mask for "
                                + rows
                                + " rows of "
                                + (past + length)
                                + " positions must have "
                                + rows * (past + length)
                                + " elements but has "
                                + mask.length
                                + ".");
            }
            boolean padded = false;
            for (long m : mask) {
                if (m != 0 && m != 1) {
                    throw new PeftException(
                            "an attention mask holds 0 and 1 only, but there is a " + m + ".");
                }
                padded |= m == 0;
            }
            mask = padded ? mask : null;
        }
    }

    /** Returns the layout with virtual tokens put before every row, as tokens of the past. */
    public SequenceLayout withPast(int virtualTokens) {
        return new SequenceLayout(rows, past + virtualTokens, length, extended(virtualTokens));
    }

    /** Returns the layout with virtual tokens put before every row, as positions of this pass. */
    public SequenceLayout withVirtualTokens(int virtualTokens) {
        return new SequenceLayout(rows, past, length + virtualTokens, extended(virtualTokens));
    }

    /**
     * Returns the layout of chosen rows.
     *
     * @param order which rows; may repeat
     */
    public SequenceLayout withRows(int... order) {
        if (mask == null) {
            return new SequenceLayout(order.length, past, length, null);
        }
        int width = past + length;
        long[] chosen = new long[order.length * width];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(mask, order[i] * width, chosen, i * width, width);
        }
        return new SequenceLayout(order.length, past, length, chosen);
    }

    private long @Nullable [] extended(int virtualTokens) {
        if (mask == null) {
            return null;
        }
        int width = past + length;
        int wider = width + virtualTokens;
        long[] extended = new long[rows * wider];
        for (int row = 0; row < rows; row++) {
            java.util.Arrays.fill(extended, row * wider, row * wider + virtualTokens, 1);
            System.arraycopy(mask, row * width, extended, row * wider + virtualTokens, width);
        }
        return extended;
    }

    /**
     * Returns the position of every token of this pass, [rows, length] row by row: how many tokens
     * of its row come before it. Padding on the left does not count; padding gets position 0 or
     * that of the last token.
     */
    public long[] positions() {
        long[] positions = new long[rows * length];
        for (int row = 0; row < rows; row++) {
            long next = 0;
            for (int i = 0; i < past + length; i++) {
                boolean token = mask == null || mask[row * (past + length) + i] == 1;
                next += token ? 1 : 0;
                if (i >= past) {
                    positions[row * length + i - past] = Math.max(0, next - 1);
                }
            }
        }
        return positions;
    }

    /**
     * Returns whether a token comes after padding in some row, so that the causal order alone does
     * not hide it.
     */
    public boolean hasPaddingBeforeTokens() {
        if (mask == null) {
            return false;
        }
        int width = past + length;
        for (int row = 0; row < rows; row++) {
            boolean padding = false;
            for (int i = 0; i < width; i++) {
                boolean token = mask[row * width + i] == 1;
                if (token && padding) {
                    return true;
                }
                padding |= !token;
            }
        }
        return false;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SequenceLayout that
                && rows == that.rows
                && past == that.past
                && length == that.length
                && java.util.Arrays.equals(mask, that.mask);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(rows, past, length, java.util.Arrays.hashCode(mask));
    }
}
