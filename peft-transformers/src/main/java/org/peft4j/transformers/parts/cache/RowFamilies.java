package org.peft4j.transformers.parts.cache;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which rows of a cache descend from one row and so hold the same up to some position: the beams of
 * a prompt. Where rows change places within their family, only what lies behind need be copied.
 */
final class RowFamilies {

    private int[] families;
    private int shared;

    /** Every row is a family of its own. */
    RowFamilies(int rows) {
        this.families = IntStream.range(0, rows).toArray();
    }

    /** Returns how many positions are the same in all rows of a family. */
    int shared() {
        return shared;
    }

    /**
     * Returns whether every row takes its place from its own family.
     *
     * @param order for each row, which present row it takes
     */
    boolean stay(int[] order) {
        return order.length == families.length
                && IntStream.range(0, order.length)
                        .allMatch(row -> families[order[row]] == families[row]);
    }

    /**
     * Follows a new order.
     *
     * @param order for each row, which present row it takes
     * @param length the positions that are filled
     */
    void follow(int[] order, int length) {
        if (length == 0) {
            families = IntStream.range(0, order.length).toArray(); // nothing to share yet
            return;
        }
        if (Arrays.stream(families).distinct().count() == families.length) {
            shared = length;
        }
        families = Arrays.stream(order).map(row -> families[row]).toArray();
    }
}
