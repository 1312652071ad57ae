package org.peft4j.transformers.generation;

/**
 * What the model reads in the next pass.
 *
 * @param parents for each row, which row of the last pass it continues; rows may repeat or be left
 *     out
 * @param tokens the token of each row
 */
record NextTokens(int[] parents, long[] tokens) {

    boolean isEmpty() {
        return tokens.length == 0;
    }

    /** Returns whether the rows are those of the last pass in their order. */
    boolean keepsRows(int before) {
        if (parents.length != before) {
            return false;
        }
        for (int row = 0; row < before; row++) {
            if (parents[row] != row) {
                return false;
            }
        }
        return true;
    }
}
