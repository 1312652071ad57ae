package org.peft4j.core;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/**
 * Tables with another number of tokens than a checkpoint has. A table has a row for each token; a
 * bias on the logits, [1, tokens], gets zeros for new ones.
 *
 * @param published how many tokens the checkpoint has
 * @param tokens how many the tables get
 * @param how how new ones start
 * @param deviation {@code initializer_range}, for those that are drawn
 */
public record ResizedVocabulary(int published, int tokens, VocabularySize how, double deviation) {

    private static final int ROWS_AT_A_TIME = 8192;

    /** Returns whether a tensor differs from a shape in the number of tokens alone. */
    boolean changes(long[] stored, long[] wanted) {
        if (published == tokens || stored.length != wanted.length || stored.length == 0) {
            return false;
        }
        int axis = stored.length == 2 && stored[0] == 1 ? 1 : 0;
        for (int i = 0; i < stored.length; i++) {
            boolean fits =
                    i == axis
                            ? stored[i] == published && wanted[i] == tokens
                            : stored[i] == wanted[i];
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes a tensor of the new size.
     *
     * @param name decides random rows, with the seed
     * @param old [published, …] or [1, published]
     * @return belongs to the caller
     */
    Tensor resize(WeightOps ops, String name, Tensor old) {
        if (old.size(0) == 1 && published != 1) {
            try (Tensor column = ops.reshape(old, published, 1);
                    Tensor zeros = ops.zeros(DType.FLOAT32, 1, 1);
                    Tensor longer = resize(ops, column, zeros)) {
                return ops.reshape(longer, 1, tokens);
            }
        }
        try (Tensor start = start(ops, name, old)) {
            return resize(ops, old, start);
        }
    }

    /** The rows that stay, and behind them the starts: one for all, or one for each new token. */
    private Tensor resize(WeightOps ops, Tensor old, Tensor starts) {
        int kept = Math.min(published, tokens);
        int[] rows = IntStream.range(0, tokens).map(row -> row < kept ? row : 0).toArray();
        if (tokens == kept) {
            return ops.rows(old, rows);
        }
        int[] added = IntStream.range(kept, tokens).toArray();
        int count = (int) starts.size(0);
        int[] order = IntStream.range(0, added.length).map(i -> Math.min(i, count - 1)).toArray();
        try (Tensor extended = ops.rows(old, rows);
                Tensor narrow = ops.cast(starts, old.dtype());
                Tensor values = ops.rows(narrow, order)) {
            return ops.replaceRows(extended, values, added);
        }
    }

    private Tensor start(WeightOps ops, String name, Tensor old) {
        int added = Math.max(1, tokens - published);
        if (how.start() == VocabularySize.Start.MEAN || added > tokens) {
            return mean(ops, old);
        }
        SplittableRandom random = new SplittableRandom(how.seed() ^ name.hashCode());
        float[] values = new float[Math.multiplyExact(added, (int) old.size(1))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return ops.floats(values, added, old.size(1));
    }

    /** The mean of all rows in float32, [1, width]. */
    private Tensor mean(WeightOps ops, Tensor old) {
        Tensor sum = ops.zeros(1, old.size(1));
        for (int first = 0; first < published; first += ROWS_AT_A_TIME) {
            int count = Math.min(ROWS_AT_A_TIME, published - first);
            float[] ones = new float[count];
            java.util.Arrays.fill(ones, 1);
            try (Tensor before = sum;
                    Tensor weights = ops.floats(ones, 1, count);
                    Tensor slice = ops.slice(old, first, count);
                    Tensor wide = ops.cast(slice, DType.FLOAT32);
                    Tensor part = ops.matmul(weights, wide)) {
                sum = ops.merge(before, part);
            }
        }
        try (Tensor total = sum) {
            return ops.scale(total, 1.0 / published);
        }
    }
}
