package org.peft4j.transformers.parts;

import java.util.Arrays;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/** Positions that count by index, padding included. */
public final class Indices {

    private Indices() {}

    /**
     * Returns the index of every position of a pass. Padding that only stands in for virtual tokens
     * that other rows have more of does not count.
     *
     * @param layout where the tokens lie, virtual ones included
     * @param batch the tokens without virtual ones
     * @return [rows, length]
     */
    public static long[] of(SequenceLayout layout, TokenBatch batch) {
        int[] missing = layout.leadingPadding(layout.length() - batch.length());
        long[] indices = new long[layout.rows() * layout.length()];
        Arrays.setAll(
                indices,
                i -> {
                    int index = layout.past() + i % layout.length();
                    return Math.max(0, index - missing[i / layout.length()]);
                });
        return indices;
    }
}
