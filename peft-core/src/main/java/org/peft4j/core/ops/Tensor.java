package org.peft4j.core.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array in libtorch whose dtype Java knows without asking.
 *
 * <p>A tensor is owned by the {@link Scope} it was made in, or by whoever kept it out of one;
 * closing it twice is harmless. Tensors are safe to read from several threads.
 */
public final class Tensor implements AutoCloseable {

    private final OperatorDoor door;
    private final PtNDArray array;
    private final DType dtype;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private @Nullable Shape shape; // asked for once; a race asks twice

    Tensor(OperatorDoor door, PtNDArray array, DType dtype) {
        this.door = door;
        this.array = array;
        this.dtype = dtype;
        door.opened();
    }

    /** Returns the element type. */
    public DType dtype() {
        return dtype;
    }

    /** Returns the shape. */
    public Shape shape() {
        Shape known = shape;
        if (known == null) {
            known = door.work(() -> "the shape of a tensor", array::getShape);
            shape = known;
        }
        return known;
    }

    /**
     * Returns the size of one dimension.
     *
     * @param dimension the dimension; negative ones count from the end
     */
    public long size(int dimension) {
        Shape all = shape();
        return all.get(dimension < 0 ? all.dimension() + dimension : dimension);
    }

    /** Returns the number of elements. */
    public long elements() {
        return shape().size();
    }

    /** Returns the number of bytes that the elements take. */
    public long byteCount() {
        return elements() * dtype.bytes();
    }

    /**
     * Returns the DJL array behind this tensor; it lives as long as the tensor.
     *
     * @throws org.peft4j.core.PeftException if DJL cannot hold the dtype (bfloat16): cast it first
     */
    public NDArray array() {
        dtype.djl();
        return door.lifetime().during(() -> array);
    }

    /**
     * Copies the elements to Java.
     *
     * @throws org.peft4j.core.PeftException if the dtype is not FLOAT32
     */
    public float[] toFloats() {
        require(DType.FLOAT32);
        return read(NDArray::toFloatArray);
    }

    /**
     * Copies the elements to Java.
     *
     * @throws org.peft4j.core.PeftException if the dtype is not INT64
     */
    public long[] toLongs() {
        require(DType.INT64);
        return read(NDArray::toLongArray);
    }

    /**
     * Returns the only element of a FLOAT32 or FLOAT64 tensor.
     *
     * @throws org.peft4j.core.PeftException if the dtype is another
     */
    public double toDouble() {
        if (dtype == DType.FLOAT64) {
            return read(NDArray::getDouble);
        }
        require(DType.FLOAT32);
        return read(NDArray::getFloat);
    }

    /** DJL leaves a copy behind whenever it reads what is on a device or not contiguous. */
    <T> T read(Function<NDArray, T> reader) {
        return door.work(
                () -> "a copy of " + this + " in Java",
                () -> {
                    try (Tensor host = door.weights().toHost(this)) {
                        return reader.apply(host.array);
                    }
                });
    }

    private void require(DType wanted) {
        if (dtype != wanted) {
            throw new org.peft4j.core.PeftException(
                    "a " + dtype + " tensor cannot be read as " + wanted + ". Cast it first.");
        }
    }

    PtNDArray handle() {
        if (!open.get()) {
            throw new IllegalStateException(
                    "this tensor is closed. Keep it out of its scope (scope.keep) to use it later.");
        }
        return array;
    }

    OperatorDoor door() {
        return door;
    }

    /** Returns whether the tensor can still be used. */
    public boolean isOpen() {
        return open.get() && !door.lifetime().isClosed();
    }

    /** Gives the elements back to libtorch; what autograd holds of them lives on. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            array.close();
            door.closed();
        }
    }

    @Override
    public String toString() {
        return isOpen() ? dtype + shape().toString() : dtype + " (closed)";
    }
}
