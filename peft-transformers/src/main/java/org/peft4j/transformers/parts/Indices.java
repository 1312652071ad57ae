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
        int[] missing =
                batch.layout().past() == 0
                        ? layout.leadingPadding(layout.length() - batch.length())
                        : missingBefore(layout, batch.layout());
        int[] before = missingPrefix(layout, batch);
        long[] indices = new long[layout.rows() * layout.length()];
        Arrays.setAll(
                indices,
                i -> {
                    int index = layout.past() + i % layout.length();
                    int row = i / layout.length();
                    return Math.max(0, index - missing[row] - before[row]);
                });
        return indices;
    }

    /** Behind a cache it is what only the cache knows to be padding. */
    private static int[] missingBefore(SequenceLayout known, SequenceLayout given) {
        int[] missing = new int[known.rows()];
        long[] mask = known.mask();
        if (mask == null) {
            return missing;
        }
        int virtual = known.past() - given.past();
        long[] own = given.mask();
        for (int row = 0; row < missing.length; row++) {
            int start = row * (known.past() + known.length()) + virtual;
            int ownStart = row * (given.past() + given.length());
            for (int i = 0; i < given.past(); i++) {
                boolean token = own == null || own[ownStart + i] == 1;
                missing[row] += token && mask[start + i] == 0 ? 1 : 0;
            }
        }
        return missing;
    }

    /**
     * Returns for each row how many tokens its prefix has less than the longest.
     *
     * @param layout where the tokens lie, virtual ones included
     * @param batch the tokens without virtual ones
     */
    static int[] missingPrefix(SequenceLayout layout, TokenBatch batch) {
        return layout.leadingPastPadding(layout.past() - batch.layout().past());
    }
}
