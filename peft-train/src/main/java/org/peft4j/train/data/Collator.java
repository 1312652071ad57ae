package org.peft4j.train.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/**
 * Pads examples on the right into one batch.
 *
 * @param padId the id that fills; it has no influence on any result
 * @param multipleOf the padded length is a multiple of this; 1 for the longest row's length
 */
public record Collator(long padId, int multipleOf) {

    /** Checks the numbers. */
    public Collator {
        if (multipleOf < 1) {
            throw new PeftException(
                    "the padded length must be a multiple of at least 1, not " + multipleOf + ".");
        }
    }

    /** Pads with id 0 to the longest row. */
    public static Collator toLongest() {
        return new Collator(0, 1);
    }

    /**
     * Pads rows into a batch.
     *
     * @param examples at least one; either all with a label a token or all with a label a row, and
     *     either all or none with a source
     * @return ids and mask [rows, length]; labels [rows, length] or [rows]; the sources padded to a
     *     length of their own
     */
    public TokenBatch collate(List<Example> examples) {
        TokenBatch batch = pad(examples.stream().map(Example::inputIds).toList());
        TokenBatch labelled = batch.withLabels(labels(examples, batch.length()));
        List<long[]> sources =
                examples.stream().map(Example::source).filter(Objects::nonNull).toList();
        if (sources.isEmpty()) {
            return labelled;
        }
        if (sources.size() < examples.size()) {
            throw new PeftException(
                    "some examples have a source and some have none. Give all of a data set the"
                            + " same kind.");
        }
        return labelled.withSource(pad(sources));
    }

    private TokenBatch pad(List<long[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int width = (longest + multipleOf - 1) / multipleOf * multipleOf;
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        Arrays.fill(ids, padId);
        for (int i = 0; i < rows.size(); i++) {
            long[] row = rows.get(i);
            System.arraycopy(row, 0, ids, i * width, row.length);
            Arrays.fill(mask, i * width, i * width + row.length, 1);
        }
        return new TokenBatch(new SequenceLayout(rows.size(), 0, width, mask), ids);
    }

    private static long[] labels(List<Example> examples, int width) {
        if (examples.stream().allMatch(e -> e.labels().length == e.inputIds().length)) {
            long[] labels = new long[examples.size() * width];
            Arrays.fill(labels, TokenBatch.IGNORED);
            for (int row = 0; row < examples.size(); row++) {
                long[] of = examples.get(row).labels();
                System.arraycopy(of, 0, labels, row * width, of.length);
            }
            return labels;
        }
        return examples.stream().mapToLong(Collator::onlyLabel).toArray();
    }

    private static long onlyLabel(Example example) {
        if (example.labels().length != 1) {
            throw new PeftException(
                    "some examples have a label a token and some one label in all. Give all of a"
                            + " data set the same kind.");
        }
        return example.labels()[0];
    }

    /**
     * Returns which adapters act on which row.
     *
     * @param examples the rows of a batch
     * @param common the adapters of rows that name none
     * @return one selection for all rows where they agree
     */
    public static AdapterSelection selection(List<Example> examples, AdapterSelection common) {
        List<AdapterSelection> rows =
                examples.stream().map(example -> example.selectionOr(common)).toList();
        return rows.stream().distinct().count() == 1 ? rows.get(0) : AdapterSelection.perRow(rows);
    }
}
