package org.peft4j.transformers.parts.cache;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.Prefixes;

/**
 * The keys and values of earlier positions, layer by layer, behind those of prefixes. A step of
 * decoding writes its own and copies nothing; where a text outgrows the memory, twice as much is
 * reserved. So a capacity that nobody reaches costs nothing. Keys are kept rotated.
 */
public final class KeyValueCache implements DecodingCache {

    /** Room behind a first pass: most texts never outgrow it. */
    private static final int FIRST_ROOM = 256;

    private final WeightOps ops;
    private final DType dtype;
    private final int keyValueHeads;
    private final int headDim;
    private final List<Layer> layers = new ArrayList<>();
    private final RowFamilies families;
    private int rows;
    private int capacity;
    private int reserved;
    private int length;
    private @Nullable SequenceLayout source;
    private int[] leadingPadding = new int[0];

    /**
     * Makes an empty cache; memory is reserved by the first pass.
     *
     * @param ops allocates
     * @param dtype of keys and values
     * @param layers how many layers
     * @param rows the batch
     * @param capacity the most positions it will hold, without virtual tokens and prefixes
     */
    public KeyValueCache(
            WeightOps ops,
            DType dtype,
            int layers,
            int keyValueHeads,
            int headDim,
            int rows,
            int capacity) {
        this.ops = ops;
        this.dtype = dtype;
        this.keyValueHeads = keyValueHeads;
        this.headDim = headDim;
        this.rows = rows;
        this.families = new RowFamilies(rows);
        this.capacity = capacity;
        for (int i = 0; i < layers; i++) {
            this.layers.add(new Layer());
        }
    }

    /**
     * Checks that a pass fits, before any layer runs.
     *
     * @param cache what the caller of {@code hiddenStates} gave, or null
     * @param batch where the batch's own tokens lie
     * @param length the positions of the pass, with virtual tokens
     * @return the positions that will have keys: those in the cache and those of the pass
     * @throws PeftException if the cache does not continue with this batch
     */
    public static int begin(
            @Nullable KeyValueCache cache,
            ForwardContext context,
            SequenceLayout batch,
            int length) {
        if (cache != null) {
            cache.begin(context, batch, length);
        } else if (batch.past() != 0) {
            throw new PeftException(
                    "the batch comes after "
                            + batch.past()
                            + " positions, but there is no cache that holds them. Pass the cache.");
        }
        return batch.past() + length;
    }

    private void begin(ForwardContext context, SequenceLayout batch, int added) {
        if (context.isTraining()) {
            throw new PeftException(
                    "a cache is for inference: a training pass sees the whole sequence at once.");
        }
        if (batch.rows() != rows || batch.past() != length) {
            throw new PeftException(
                    "the batch has "
                            + batch.rows()
                            + " rows after "
                            + batch.past()
                            + " positions, but the cache holds "
                            + rows
                            + " rows of "
                            + length
                            + ". Pass the layout that continues the cache.");
        }
        if (length == 0) {
            int virtual = added - batch.length(); // which nobody could foresee
            capacity = (int) Math.min(Integer.MAX_VALUE, (long) capacity + virtual);
        }
        long needed = (long) length + added;
        if (needed > capacity) {
            throw new PeftException(
                    "the cache has room for "
                            + capacity
                            + " positions, holds "
                            + length
                            + " and cannot take "
                            + added
                            + " more. Make one with a larger capacity.");
        }
        if (needed > reserved) {
            reserved = (int) Math.min(capacity, Math.max(needed + FIRST_ROOM, 2 * needed));
        }
    }

    /**
     * Returns a cache as this kind.
     *
     * @throws PeftException if another base made it
     */
    public static @Nullable KeyValueCache from(@Nullable DecodingCache cache) {
        if (cache == null || cache instanceof KeyValueCache) {
            return (KeyValueCache) cache;
        }
        throw new PeftException(
                "this cache is of another kind of base. Make it with this base's newCache.");
    }

    /** Returns the part of a layer. */
    public Layer layer(int index) {
        return layers.get(index);
    }

    /** Counts the positions that every layer has written. */
    public void advance(int positions) {
        length += positions;
    }

    /**
     * Keeps which of the first pass's virtual tokens are padding: rows that have fewer of them than
     * others begin with it, and nobody else knows.
     *
     * @param layout that of the first pass, with virtual tokens
     * @param virtual how many
     */
    public void keepVirtual(SequenceLayout layout, int virtual) {
        leadingPadding = layout.leadingPadding(virtual);
    }

    /** Returns the layout of a later pass with that padding. */
    public SequenceLayout known(SequenceLayout layout) {
        boolean pads = Arrays.stream(leadingPadding).anyMatch(columns -> columns > 0);
        return pads && layout.past() == length && layout.rows() == rows
                ? layout.withPaddedPast(leadingPadding)
                : layout;
    }

    /** Returns the layout of what the encoder read, or null before it has run. */
    public @Nullable SequenceLayout source() {
        return source;
    }

    /** Keeps the layout of what the encoder read, virtual tokens included. */
    public void keepSource(SequenceLayout layout) {
        this.source = layout;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public void reorder(int... order) {
        for (int row : order) {
            if (row < 0 || row >= rows) {
                throw new PeftException(
                        "a cache of " + rows + " rows has no row " + row + " to take.");
            }
        }
        if (families.stay(order)) {
            layers.forEach(layer -> layer.exchange(order));
        } else {
            layers.forEach(layer -> layer.reorder(order));
            families.follow(order, length);
            rows = order.length;
            if (leadingPadding.length > 0) {
                int[] before = leadingPadding;
                leadingPadding = Arrays.stream(order).map(row -> before[row]).toArray();
            }
            if (source != null) {
                source = source.withRows(order);
            }
        }
    }

    @Override
    public void close() {
        layers.forEach(Layer::close);
    }

    /** The keys and values of one layer. */
    public final class Layer {

        private @Nullable KeyValueMemory self;
        private @Nullable KeyValueMemory cross;

        private Layer() {}

        /**
         * Returns the memory of self attention, which begins with the prefixes of this pass.
         *
         * @param read what the attention module read, [batch, length, width]
         */
        public KeyValueMemory self(
                ForwardContext context, AttentionPoint point, Prefixes prefixes, Tensor read) {
            KeyValueMemory memory = self;
            if (memory == null) {
                Shape shape = new Shape(rows, keyValueHeads, reserved, headDim);
                memory = new KeyValueMemory(ops, dtype, prefixes.longest(), shape);
                self = memory;
            }
            memory.reserve(context.ops(), reserved, length);
            memory.beginWith(prefixes, context, point, read);
            return memory;
        }

        /** Returns the positions of the sequence that were filled before this pass. */
        public int past() {
            return length;
        }

        /** Returns what was made of the encoder's output, or null if nothing was yet. */
        public @Nullable KeyValueMemory cross() {
            return cross;
        }

        /** Keeps what was made of the encoder's output beyond the pass, with room for prefixes. */
        public KeyValueMemory keepCross(Ops pass, KeysAndValues made, Prefixes prefixes) {
            Tensor keys = made.keys();
            KeyValueMemory memory =
                    new KeyValueMemory(ops, keys.dtype(), prefixes.longest(), keys.shape());
            cross = memory;
            memory.write(pass, made, memory.start());
            return memory;
        }

        /** Copies only what the rows of a family do not share; their source they do share. */
        private void exchange(int[] order) {
            if (self != null) {
                self.exchange(order, families.shared(), length - families.shared());
            }
        }

        private void reorder(int[] order) {
            if (self != null) {
                self.reorder(order);
            }
            if (cross != null) {
                cross.reorder(order);
            }
        }

        private void close() {
            if (self != null) {
                self.close();
            }
            if (cross != null) {
                cross.close();
            }
        }
    }
}
