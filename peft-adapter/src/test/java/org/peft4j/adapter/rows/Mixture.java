package org.peft4j.adapter.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/**
 * Rows of different lengths under different adapters, to be laid out with padding.
 *
 * @param rows the rows
 */
record Mixture(List<Row> rows) {

    private static final int SHORTEST = 1;
    private static final int LONGEST = 13;

    /** Where padding lies in a batch. */
    enum Padding {
        RIGHT,
        LEFT,
        BOTH,
        HOLES
    }

    /**
     * A row.
     *
     * @param selection what acts in it
     * @param ids its tokens
     * @param labels what is wanted of each token
     * @param source what an encoder reads
     * @param task its number, for multitask prompts
     */
    record Row(AdapterSelection selection, long[] ids, long[] labels, long[] source, long task) {}

    /**
     * Rows in one batch.
     *
     * @param batch the tokens and the labels
     * @param columns for each row the column of each of its tokens
     */
    record Laid(TokenBatch batch, int[][] columns) {}

    /** Draws a mixture of so many selections, of which some may be equal. */
    static Mixture draw(Random random, List<AdapterSelection> choices, int count, int vocabulary) {
        return new Mixture(
                IntStream.range(0, count)
                        .mapToObj(
                                i -> {
                                    long[] ids = ids(random, vocabulary);
                                    return new Row(
                                            choices.get(random.nextInt(choices.size())),
                                            ids,
                                            labels(random, ids),
                                            ids(random, vocabulary),
                                            random.nextInt(2));
                                })
                        .toList());
    }

    private static long[] ids(Random random, int vocabulary) {
        return random.longs(random.nextInt(SHORTEST, LONGEST + 1), 3, vocabulary).toArray();
    }

    private static long[] labels(Random random, long[] ids) {
        long[] labels = ids.clone();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextInt(4) == 0 ? TokenBatch.IGNORED : labels[i];
        }
        return labels;
    }

    /** Returns the selection of every row. */
    AdapterSelection selection() {
        return AdapterSelection.perRow(rows.stream().map(Row::selection).toList());
    }

    /** Returns one row as a mixture. */
    Mixture alone(int row) {
        return new Mixture(List.of(rows.get(row)));
    }

    /**
     * Lays the rows out.
     *
     * @param reads whether there is an encoder, whose texts are padded on the right
     */
    Laid laid(Random random, Padding padding, boolean reads) {
        Laid laid = laid(random, padding, rows.stream().map(Row::ids).toList());
        TokenBatch batch = laid.batch();
        long[] labels = new long[batch.inputIds().length];
        Arrays.fill(labels, TokenBatch.IGNORED);
        for (int row = 0; row < rows.size(); row++) {
            int[] columns = laid.columns()[row];
            for (int i = 0; i < columns.length; i++) {
                labels[row * batch.length() + columns[i]] = rows.get(row).labels()[i];
            }
        }
        TokenBatch full =
                batch.withLabels(labels).withTaskIds(rows.stream().mapToLong(Row::task).toArray());
        if (!reads) {
            return new Laid(full, laid.columns());
        }
        Laid source = laid(random, Padding.RIGHT, rows.stream().map(Row::source).toList());
        return new Laid(full.withSource(source.batch()), laid.columns());
    }

    private static Laid laid(Random random, Padding padding, List<long[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        int width = longest + (rows.size() == 1 ? 0 : random.nextInt(3));
        int[][] columns = new int[rows.size()][];
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        for (int row = 0; row < columns.length; row++) {
            long[] own = rows.get(row);
            columns[row] = columns(random, padding, own.length, width);
            for (int i = 0; i < own.length; i++) {
                ids[row * width + columns[row][i]] = own[i];
                mask[row * width + columns[row][i]] = 1;
            }
        }
        SequenceLayout layout = new SequenceLayout(columns.length, 0, width, mask);
        return new Laid(new TokenBatch(layout, ids), columns);
    }

    private static int[] columns(Random random, Padding padding, int tokens, int width) {
        int free = width - tokens;
        return switch (padding) {
            case RIGHT -> IntStream.range(0, tokens).toArray();
            case LEFT -> IntStream.range(free, width).toArray();
            case BOTH -> {
                int first = random.nextInt(free + 1);
                yield IntStream.range(first, first + tokens).toArray();
            }
            case HOLES -> {
                List<Integer> all = new ArrayList<>(IntStream.range(0, width).boxed().toList());
                Collections.shuffle(all, random);
                yield all.subList(0, tokens).stream().mapToInt(i -> i).sorted().toArray();
            }
        };
    }
}
