package org.peft4j.transformers.parts;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.parts.cache.KeyValueCache;

/**
 * A cache for rotary embeddings whose frequencies switch once the longest sequence outgrows the
 * positions of pretraining. What was kept before is of no use then, so it remembers the tokens and
 * reads all of them anew at that one step, as {@code transformers} does when it generates.
 */
final class SwitchingCache implements DecodingCache {

    private final IntFunction<KeyValueCache> maker;
    private final int pretrained;
    private KeyValueCache cache;
    private long[][] tokens;
    private long @Nullable [] taskIds;

    /**
     * Begins empty.
     *
     * @param maker makes an empty cache for a number of rows
     * @param rows the batch
     * @param pretrained the length beyond which the frequencies switch
     */
    SwitchingCache(IntFunction<KeyValueCache> maker, int rows, int pretrained) {
        this.maker = maker;
        this.pretrained = pretrained;
        this.cache = maker.apply(rows);
        this.tokens = new long[rows][0];
    }

    /** Runs a decoder over what comes next; see {@link DecoderStack#forward}. */
    Tensor forward(DecoderStack stack, ForwardContext context, TokenBatch batch) {
        boolean anew = continues(batch.layout()) && isOutgrownBy(batch.layout());
        TokenBatch read = anew ? withAllBefore(batch) : batch;
        if (anew) {
            cache.close();
            cache = maker.apply(batch.rows());
        }
        Tensor hidden = stack.forward(context, read, cache);
        remember(batch);
        long extra = hidden.size(1) - batch.length();
        return anew ? context.ops().narrow(hidden, 1, extra, batch.length()) : hidden;
    }

    private boolean continues(SequenceLayout layout) {
        return cache.length() > 0
                && layout.past() == cache.length()
                && layout.rows() == tokens.length;
    }

    private boolean isOutgrownBy(SequenceLayout layout) {
        int width = layout.past() + layout.length();
        return longest(layout, layout.past()) <= pretrained && longest(layout, width) > pretrained;
    }

    /** The most tokens that a row has in its first columns. */
    private static long longest(SequenceLayout layout, int columns) {
        long[] mask = layout.mask();
        if (mask == null) {
            return columns;
        }
        int width = layout.past() + layout.length();
        return IntStream.range(0, layout.rows())
                .mapToLong(row -> Arrays.stream(mask, row * width, row * width + columns).sum())
                .max()
                .orElse(0);
    }

    /** The batch with its own tokens of all earlier passes, as if it were the first one. */
    private TokenBatch withAllBefore(TokenBatch batch) {
        int rows = batch.rows();
        int before = tokens[0].length;
        int length = before + batch.length();
        int width = batch.layout().past() + batch.length();
        long[] given = batch.layout().mask();
        long[] ids = new long[rows * length];
        long[] mask = new long[rows * length];
        Arrays.fill(mask, 1);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(tokens[row], 0, ids, row * length, before);
            System.arraycopy(
                    batch.inputIds(),
                    row * batch.length(),
                    ids,
                    row * length + before,
                    batch.length());
            if (given != null) {
                System.arraycopy(given, (row + 1) * width - length, mask, row * length, length);
            }
        }
        TokenBatch all = new TokenBatch(new SequenceLayout(rows, 0, length, mask), ids);
        return taskIds == null ? all : all.withTaskIds(taskIds);
    }

    private void remember(TokenBatch batch) {
        taskIds = batch.taskIds() == null ? taskIds : batch.taskIds();
        for (int row = 0; row < tokens.length; row++) {
            int before = tokens[row].length;
            tokens[row] = Arrays.copyOf(tokens[row], before + batch.length());
            System.arraycopy(
                    batch.inputIds(), row * batch.length(), tokens[row], before, batch.length());
        }
    }

    @Override
    public int length() {
        return cache.length();
    }

    @Override
    public int capacity() {
        return cache.capacity();
    }

    @Override
    public void reorder(int... rows) {
        cache.reorder(rows);
        tokens = Arrays.stream(rows).mapToObj(row -> tokens[row].clone()).toArray(long[][]::new);
        long[] tasks = taskIds;
        taskIds = tasks == null ? null : Arrays.stream(rows).mapToLong(r -> tasks[r]).toArray();
    }

    @Override
    public void close() {
        cache.close();
    }
}
