package org.peft4j.core;

import java.util.List;
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

    /**
     * Returns the layout with virtual tokens put before each row, as tokens of the past; rows that
     * get fewer than others begin with padding.
     *
     * @param virtualTokens how many for each row
     */
    public SequenceLayout withPast(int[] virtualTokens) {
        int most = java.util.Arrays.stream(virtualTokens).max().orElse(0);
        return withPast(most)
                .withPaddedPast(
                        java.util.Arrays.stream(virtualTokens).map(n -> most - n).toArray());
    }

    /**
     * Returns the layout without the first positions of its past, such as virtual tokens.
     *
     * @param positions how many, at most the past there is
     */
    public SequenceLayout withoutPast(int positions) {
        long[] all = mask;
        if (positions == 0 || all == null) {
            return new SequenceLayout(rows, past - positions, length, all);
        }
        int width = past + length;
        int rest = width - positions;
        long[] last = new long[rows * rest];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(all, (row + 1) * width - rest, last, row * rest, rest);
        }
        return new SequenceLayout(rows, past - positions, length, last);
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

    /**
     * Returns the layout with padding before every row's past, and before its positions of this
     * pass.
     *
     * @param widerPast at least the past there is
     * @param longer at least the length there is
     */
    public SequenceLayout paddedTo(int widerPast, int longer) {
        if (widerPast == past && longer == length) {
            return this;
        }
        int width = past + length;
        int wider = widerPast + longer;
        long[] padded = new long[rows * wider];
        for (int row = 0; row < rows; row++) {
            int at = row * wider + widerPast - past;
            copyMask(row * width, padded, at, past);
            at += past + longer - length;
            copyMask(row * width + past, padded, at, length);
        }
        return new SequenceLayout(rows, widerPast, longer, padded);
    }

    private void copyMask(int from, long[] target, int to, int count) {
        if (mask == null) {
            java.util.Arrays.fill(target, to, to + count, 1);
        } else {
            System.arraycopy(mask, from, target, to, count);
        }
    }

    /**
     * Puts layouts of some rows each together.
     *
     * @param parts layouts of one past and one length
     * @param members for each of them, which rows of the whole it has
     */
    public static SequenceLayout together(List<SequenceLayout> parts, List<int[]> members) {
        SequenceLayout first = parts.get(0);
        int rows = parts.stream().mapToInt(SequenceLayout::rows).sum();
        int width = first.past + first.length;
        long[] all = new long[rows * width];
        for (int i = 0; i < parts.size(); i++) {
            for (int row = 0; row < parts.get(i).rows; row++) {
                parts.get(i).copyMask(row * width, all, members.get(i)[row] * width, width);
            }
        }
        return new SequenceLayout(rows, first.past, first.length, all);
    }

    /**
     * Returns for each row how many padding positions this pass begins with.
     *
     * @param positions how many to look at, such as those of virtual tokens
     */
    public int[] leadingPadding(int positions) {
        return leadingPadding(past, positions);
    }

    /**
     * Returns for each row how many padding positions its past begins with.
     *
     * @param positions how many to look at, such as those of a prefix
     */
    public int[] leadingPastPadding(int positions) {
        return leadingPadding(0, positions);
    }

    private int[] leadingPadding(int first, int positions) {
        int[] leading = new int[rows];
        if (mask != null) {
            for (int row = 0; row < rows; row++) {
                int start = row * (past + length) + first;
                while (leading[row] < positions && mask[start + leading[row]] == 0) {
                    leading[row]++;
                }
            }
        }
        return leading;
    }

    /**
     * Returns the layout with the first positions of the past as padding.
     *
     * @param leading how many in each row
     */
    public SequenceLayout withPaddedPast(int... leading) {
        int width = past + length;
        long[] padded = new long[rows * width];
        copyMask(0, padded, 0, padded.length);
        for (int row = 0; row < rows; row++) {
            java.util.Arrays.fill(padded, row * width, row * width + leading[row], 0);
        }
        return new SequenceLayout(rows, past, length, padded);
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
        return positions(false);
    }

    /**
     * The same where the hidden states of padding are read too: padding behind a row's tokens goes
     * on counting, as {@code transformers} counts it.
     */
    public long[] positionsOfAll() {
        return positions(true);
    }

    private long[] positions(boolean ofAll) {
        int width = past + length;
        long[] positions = new long[rows * length];
        for (int row = 0; row < rows; row++) {
            long last = -1;
            long paddingBehind = 0;
            for (int i = 0; i < width; i++) {
                if (isToken(row * width + i)) {
                    last++;
                    paddingBehind = 0;
                } else if (ofAll && last >= 0) {
                    paddingBehind++;
                }
                if (i >= past) {
                    positions[row * length + i - past] = Math.max(0, last + paddingBehind);
                }
            }
        }
        return positions;
    }

    /**
     * Returns whether a position of this pass is padding.
     *
     * @param index through [rows, length], row by row
     */
    public boolean isPadding(int index) {
        return !isToken(index / length * (past + length) + past + index % length);
    }

    /**
     * Returns which position of this pass predicts another one in a causal language model: the last
     * token of its row before it, whatever padding lies between; −1 where there is none. What
     * predicts padding is the position before it.
     *
     * @param row of the batch
     * @param position in this pass
     */
    public int predecessor(int row, int position) {
        int before = position - 1;
        if (!isPadding(row * length + position)) {
            while (before >= 0 && isPadding(row * length + before)) {
                before--;
            }
        }
        return before;
    }

    private boolean isToken(int index) {
        return mask == null || mask[index] == 1;
    }

    /**
     * Returns whether a token comes after padding in some row, so that the causal order alone does
     * not hide it.
     */
    public boolean hasPaddingBeforeTokens() {
        return hasTokenBehindPadding(false);
    }

    /** Returns whether padding lies between the tokens of some row. */
    public boolean hasPaddingBetweenTokens() {
        return hasTokenBehindPadding(true);
    }

    /** Whether there is one, if so wanted where a token comes before that padding too. */
    private boolean hasTokenBehindPadding(boolean between) {
        int width = past + length;
        for (int row = 0; row < rows && mask != null; row++) {
            boolean begun = !between;
            boolean padding = false;
            for (int i = row * width; i < (row + 1) * width; i++) {
                if (isToken(i) && padding) {
                    return true;
                }
                padding |= begun && !isToken(i);
                begun |= isToken(i);
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
