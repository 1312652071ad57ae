package org.peft4j.train.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
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
     * @param examples at least one; all with labels of the same kind, and either all or none with a
     *     source, and with a task id
     * @return ids, mask and types [rows, length]; labels [rows, length], [rows] or [rows, 2];
     *     targets [rows, outputs]; the sources padded to a length of their own
     */
    public TokenBatch collate(List<Example> examples) {
        TokenBatch batch = padded(examples.stream().map(Example::inputIds).toList());
        int width = batch.length();
        if (examples.stream().anyMatch(example -> example.tokenTypeIds() != null)) {
            batch = batch.withTokenTypeIds(padded(examples, width, 0, Collator::types));
        }
        if (examples.stream().anyMatch(example -> example.targets() != null)) {
            batch = batch.withTargets(targets(examples));
        }
        boolean unlabelled = examples.stream().allMatch(e -> e.labels().length == 0);
        batch = unlabelled ? batch : batch.withLabels(labels(examples, width));
        List<long[]> sources =
                examples.stream().map(Example::source).filter(Objects::nonNull).toList();
        if (!sources.isEmpty() && sources.size() < examples.size()) {
            throw new PeftException(
                    "some examples have a source and some have none. Give all of a data set the"
                            + " same kind.");
        }
        batch = sources.isEmpty() ? batch : batch.withSource(padded(sources));
        List<Long> tasks = examples.stream().map(Example::taskId).filter(Objects::nonNull).toList();
        if (!tasks.isEmpty() && tasks.size() < examples.size()) {
            throw new PeftException(
                    "some examples have a task id and some have none. Give all of a data set one.");
        }
        return tasks.isEmpty()
                ? batch
                : batch.withTaskIds(tasks.stream().mapToLong(id -> id).toArray());
    }

    private TokenBatch padded(List<long[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int width = (longest + multipleOf - 1) / multipleOf * multipleOf;
        long[] mask = new long[rows.size() * width];
        for (int row = 0; row < rows.size(); row++) {
            Arrays.fill(mask, row * width, row * width + rows.get(row).length, 1);
        }
        SequenceLayout layout = new SequenceLayout(rows.size(), 0, width, mask);
        return new TokenBatch(layout, padded(rows, width, padId, row -> row));
    }

    private static long[] types(Example example) {
        long[] types = example.tokenTypeIds();
        return types == null ? new long[example.inputIds().length] : types;
    }

    private static <T> long[] padded(
            List<T> rows, int width, long filler, Function<T, long[]> values) {
        long[] padded = new long[rows.size() * width];
        Arrays.fill(padded, filler);
        for (int row = 0; row < rows.size(); row++) {
            long[] of = values.apply(rows.get(row));
            System.arraycopy(of, 0, padded, row * width, of.length);
        }
        return padded;
    }

    private static long[] labels(List<Example> examples, int width) {
        if (examples.stream().allMatch(e -> e.labels().length == e.inputIds().length)) {
            return padded(examples, width, TokenBatch.IGNORED, Example::labels);
        }
        int each = examples.get(0).labels().length;
        boolean same = examples.stream().allMatch(e -> e.labels().length == each);
        if (!same || each > 2) {
            throw new PeftException(
                    "some examples have a label a token and some fewer. Give all of a data set the"
                            + " same kind.");
        }
        return examples.stream().flatMapToLong(e -> Arrays.stream(e.labels())).toArray();
    }

    private static float[] targets(List<Example> examples) {
        float[] first = targets(examples.get(0));
        float[] all = new float[examples.size() * first.length];
        for (int row = 0; row < examples.size(); row++) {
            float[] of = targets(examples.get(row));
            if (of.length != first.length) {
                throw new PeftException(
                        "some examples have "
                                + first.length
                                + " targets and some "
                                + of.length
                                + ". Give all of a data set as many.");
            }
            System.arraycopy(of, 0, all, row * of.length, of.length);
        }
        return all;
    }

    private static float[] targets(Example example) {
        float[] targets = example.targets();
        return targets == null ? new float[0] : targets;
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
