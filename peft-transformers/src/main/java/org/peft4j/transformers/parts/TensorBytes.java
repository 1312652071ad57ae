package org.peft4j.transformers.parts;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/** Writes a tensor in another dtype, some rows at a time. */
final class TensorBytes {

    private static final long BYTES_AT_A_TIME = 64L << 20;

    private final WeightOps ops;
    private final String name;
    private final ChangedWeights.Changed changed;
    private final DType stored;

    private TensorBytes(WeightOps ops, String name, ChangedWeights.Changed changed, DType stored) {
        this.ops = ops;
        this.name = name;
        this.changed = changed;
        this.stored = stored;
    }

    /**
     * A changed tensor as a source for its file.
     *
     * @param type the type to store
     * @param shape the shape that the file should have
     */
    static TensorSource source(
            WeightOps ops,
            String name,
            ChangedWeights.Changed changed,
            StoredType type,
            List<Long> shape) {
        long[] sizes = changed.tensor().shape().getShape();
        if (changed.transposed()) {
            sizes = new long[] {sizes[1], sizes[0]};
        }
        if (!Arrays.stream(sizes).boxed().toList().equals(shape)) {
            throw new PeftException(
                    name
                            + " cannot be written: it has the shape "
                            + Arrays.toString(sizes)
                            + " but the checkpoint's has "
                            + shape
                            + ". Merge only adapters of this base.");
        }
        DType stored =
                FrozenWeights.dtypeOf(type)
                        .orElseThrow(() -> new PeftException(name + " is stored as " + type + "."));
        TensorBytes bytes = new TensorBytes(ops, name, changed, stored);
        return new TensorSource(name, type, shape, bytes::writeTo);
    }

    private void writeTo(WritableByteChannel channel) throws IOException {
        if (changed.transposed()) {
            try (Tensor turned = ops.transpose(changed.tensor())) {
                writeRows(channel, turned);
            }
        } else {
            writeRows(channel, changed.tensor());
        }
    }

    private void writeRows(WritableByteChannel channel, Tensor tensor) throws IOException {
        long rows = tensor.size(0);
        long rowBytes = Math.max(1, tensor.elements() / Math.max(1, rows) * 4);
        long step = Math.max(1, BYTES_AT_A_TIME / rowBytes);
        for (long start = 0; start < rows; start += step) {
            try (Tensor slice = ops.slice(tensor, start, Math.min(step, rows - start));
                    Tensor contiguous = ops.clone(slice);
                    Tensor narrowed = ops.cast(contiguous, stored)) {
                if (!ops.allFinite(narrowed)) {
                    throw new NonFiniteException(
                            name
                                    + " holds values that are not finite in "
                                    + stored
                                    + ", the dtype of the checkpoint; nothing was written. The"
                                    + " adapter is damaged, or its changes are too large.");
                }
                channel.write(ops.toBytes(narrowed));
            }
        }
    }
}
