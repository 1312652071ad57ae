package org.peft4j.transformers.parts.cache;

import ai.djl.ndarray.types.Shape;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.Prefixes;

/**
 * The keys and values of one attention: those of a prefix, then those of the sequence, which are
 * written where they belong and moved only where the memory grows.
 */
public final class KeyValueMemory implements AutoCloseable {

    private final WeightOps weights;
    private Tensor keys;
    private Tensor values;
    private int start;
    private Prefixes prefixes = Prefixes.NONE;

    /**
     * Reserves the memory.
     *
     * @param start the positions of the longest prefix
     * @param shape of the keys and values of a sequence, [batch, key-value heads, capacity, d]
     */
    KeyValueMemory(WeightOps weights, DType dtype, int start, Shape shape) {
        this.weights = weights;
        this.start = start;
        this.keys = reserved(dtype, shape, start);
        this.values = reserved(dtype, shape, start);
    }

    private Tensor reserved(DType dtype, Shape shape, int prefix) {
        return weights.zeros(
                dtype, shape.get(0), shape.get(1), prefix + shape.get(2), shape.get(3));
    }

    /** Returns the memory of the keys, [batch, key-value heads, prefix + capacity, d]. */
    public Tensor keys() {
        return keys;
    }

    /** Returns the memory of the values, [batch, key-value heads, prefix + capacity, d]. */
    public Tensor values() {
        return values;
    }

    /** Returns where the sequence begins: how many positions the longest prefix has. */
    public int start() {
        return start;
    }

    /**
     * Sees to it that the memory begins with prefixes, which most often it does already.
     *
     * @param read what the attention module read, [batch, length, width]
     */
    public void beginWith(
            Prefixes wanted, ForwardContext context, AttentionPoint point, Tensor read) {
        if (wanted.equals(prefixes) && !wanted.change()) {
            return;
        }
        Ops ops = context.ops();
        if (wanted.longest() != start) {
            keys = moved(ops, keys, wanted.longest());
            values = moved(ops, values, wanted.longest());
            start = wanted.longest();
        }
        if (!wanted.isEmpty()) {
            write(ops, point.prefix(context, read), 0);
        }
        prefixes = wanted;
    }

    /**
     * Sees to it that there is room for a sequence.
     *
     * @param capacity its positions
     * @param filled so many of them hold something
     */
    void reserve(Ops ops, int capacity, int filled) {
        if (keys.size(2) - start < capacity) {
            keys = grown(ops, keys, capacity, filled);
            values = grown(ops, values, capacity, filled);
        }
    }

    private Tensor grown(Ops ops, Tensor present, int capacity, int filled) {
        try (present) {
            Shape shape = present.shape();
            Tensor roomy =
                    reserved(
                            present.dtype(),
                            new Shape(shape.get(0), shape.get(1), capacity, shape.get(3)),
                            start);
            ops.attention().cacheWrite(roomy, ops.narrow(present, 2, 0, start + filled), 0);
            return roomy;
        }
    }

    private Tensor moved(Ops ops, Tensor present, int prefix) {
        try (present) {
            Tensor sequence = ops.narrow(present, 2, start, present.size(2) - start);
            Tensor roomy = reserved(present.dtype(), sequence.shape(), prefix);
            ops.attention().cacheWrite(roomy, sequence, prefix);
            return roomy;
        }
    }

    /**
     * Writes keys and values at a position, in place.
     *
     * @return all up to them, sharing this memory
     */
    public KeysAndValues write(Ops ops, KeysAndValues some, int position) {
        return new KeysAndValues(
                ops.attention().cacheWrite(keys, some.keys(), position),
                ops.attention().cacheWrite(values, some.values(), position));
    }

    /**
     * Lets rows take the place of others in a range of the sequence.
     *
     * @param order for each row, which row it takes
     */
    void exchange(int[] order, int position, int length) {
        weights.exchangeRows(keys, order, start + position, length);
        weights.exchangeRows(values, order, start + position, length);
    }

    /** Puts the rows in another order; they may repeat. */
    void reorder(int[] order) {
        keys = reordered(keys, order);
        values = reordered(values, order);
        prefixes = prefixes.withRows(order);
    }

    private Tensor reordered(Tensor present, int[] order) {
        try (present) {
            return weights.rows(present, order);
        }
    }

    @Override
    public void close() {
        keys.close();
        values.close();
    }
}
