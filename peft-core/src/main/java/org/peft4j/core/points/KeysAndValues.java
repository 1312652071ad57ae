package org.peft4j.core.points;

import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * What an attention attends to.
 *
 * @param keys [rows, key-value heads, n, d], rotated where the base rotates; one row may stand for
 *     all
 * @param values of the same shape
 */
public record KeysAndValues(Tensor keys, Tensor values) {

    /**
     * Returns these with others before them.
     *
     * @param prefix of these heads and this dtype
     */
    public KeysAndValues behind(Ops ops, KeysAndValues prefix) {
        return new KeysAndValues(
                ops.attention().prefixed(keys, prefix.keys),
                ops.attention().prefixed(values, prefix.values));
    }

    /** Returns these behind zeros, as many as are missing to a length. */
    KeysAndValues paddedTo(Ops ops, int length) {
        long missing = length - keys.size(2);
        if (missing == 0) {
            return this;
        }
        Tensor zeros = ops.full(0, keys.dtype(), 1, keys.size(1), missing, keys.size(3));
        return behind(ops, new KeysAndValues(zeros, zeros));
    }

    /** Returns these with one row repeated for several. */
    KeysAndValues repeated(Ops ops, int rows) {
        if (keys.size(0) == rows) {
            return this;
        }
        Tensor first = ops.longs(new long[rows], rows);
        return new KeysAndValues(ops.rows(keys, first), ops.rows(values, first));
    }

    /** Returns the rows of these and of others below them. */
    KeysAndValues above(Ops ops, KeysAndValues others) {
        return new KeysAndValues(
                ops.concat(keys, others.keys, 0), ops.concat(values, others.values, 0));
    }
}
