package org.peft4j.core.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Operators on weights, outside any forward pass: mapping, casting, merging. No graph is recorded;
 * every result belongs to the caller, who closes it. Safe for several threads.
 */
public final class WeightOps {

    private final OperatorDoor door;

    WeightOps(OperatorDoor door) {
        this.door = door;
    }

    /**
     * Maps a file privately: nothing is read until used, and nothing is ever written back.
     *
     * @param file the file
     * @param dtype how to see its bytes, from the first one on
     * @param elements how many elements to map; the file must hold that many
     * @return a CPU tensor [elements]
     */
    public Tensor map(Path file, DType dtype, long elements) {
        byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
        long[] letters = new long[path.length];
        for (int i = 0; i < path.length; i++) {
            letters[i] = path[i] & 0xFF;
        }
        try (Tensor name = cpuLongs(letters);
                Tensor count = door.variable(elements)) {
            return call("map_file", dtype, name, count, code(dtype));
        }
    }

    /**
     * One tensor in a mapped file, sharing its memory.
     *
     * @param mapped from {@link #map}
     * @param start the first element
     * @param shape the shape of the view
     */
    public Tensor view(Tensor mapped, long start, long... shape) {
        try (Tensor first = door.variable(start);
                Tensor sizes = cpuLongs(shape)) {
            return call("mapped_view", mapped.dtype(), mapped, first, sizes);
        }
    }

    /**
     * Copies little-endian bytes into a new tensor on the door's device.
     *
     * @param bytes exactly the elements' bytes
     */
    public Tensor fromBytes(ByteBuffer bytes, DType dtype, long... shape) {
        ByteBuffer direct = bytes.slice(); // DJL reads a direct buffer from its start
        if (!direct.isDirect()) {
            direct = ByteBuffer.allocateDirect(direct.remaining()).put(direct).flip();
        }
        direct.order(ByteOrder.LITTLE_ENDIAN);
        if (dtype == DType.BFLOAT16) {
            float[] values = new float[direct.remaining() / 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.intBitsToFloat(direct.getShort(2 * i) << 16);
            }
            try (Tensor wide = floats(values, shape)) {
                return cast(wide, dtype);
            }
        }
        try (Tensor source = door.create(direct, dtype, shape)) {
            return call("clone", dtype, source);
        }
    }

    /** A FLOAT32 tensor on the door's device. */
    public Tensor floats(float[] values, long... shape) {
        return door.create(FloatBuffer.wrap(values), DType.FLOAT32, shape);
    }

    /** A FLOAT32 tensor of zeros on the door's device. */
    public Tensor zeros(long... shape) {
        return door.zeros(DType.FLOAT32, shape);
    }

    /** A tensor of zeros on the door's device. */
    public Tensor zeros(DType dtype, long... shape) {
        if (dtype == DType.BFLOAT16) {
            try (Tensor sizes = cpuLongs(shape)) {
                return call("full", dtype, sizes, door.number(0), code(dtype), door.absent());
            }
        }
        return door.zeros(dtype, shape);
    }

    /** The rows of the first dimension with these numbers, in their order. */
    public Tensor rows(Tensor x, int... numbers) {
        try (Tensor index = deviceLongs(Arrays.stream(numbers).asLongStream().toArray())) {
            return call("rows", x.dtype(), x, index);
        }
    }

    /**
     * A copy of a table with other rows at some places.
     *
     * @param x [rows, …]
     * @param values [numbers, …], of x's dtype
     * @param numbers which rows, each once
     */
    public Tensor replaceRows(Tensor x, Tensor values, int... numbers) {
        try (Tensor index = deviceLongs(Arrays.stream(numbers).asLongStream().toArray())) {
            return call("replace_rows", x.dtype(), x, index, values);
        }
    }

    /**
     * Lets rows take the place of others, in place and only in a range of positions.
     *
     * @param x [rows, heads, positions, d]
     * @param order for each row, which row it takes
     * @param start the first position
     * @param length how many positions
     */
    public void exchangeRows(Tensor x, int[] order, long start, long length) {
        int[] changed = IntStream.range(0, order.length).filter(row -> order[row] != row).toArray();
        if (changed.length == 0 || length == 0) {
            return;
        }
        try (Tensor to = deviceLongs(Arrays.stream(changed).asLongStream().toArray());
                Tensor from =
                        deviceLongs(Arrays.stream(changed).mapToLong(row -> order[row]).toArray());
                Tensor first = door.variable(start);
                Tensor count = door.variable(length)) {
            call("exchange_rows", x.dtype(), x, to, from, first, count).close();
        }
    }

    /** The part start … start + length of the first dimension, sharing memory. */
    public Tensor slice(Tensor x, long start, long length) {
        try (Tensor from = door.variable(start);
                Tensor count = door.variable(length)) {
            return call("narrow", x.dtype(), x, door.number(0), from, count);
        }
    }

    /** A copy in another dtype. */
    public Tensor cast(Tensor x, DType dtype) {
        return x.dtype() == dtype ? clone(x) : call("cast", dtype, x, code(dtype));
    }

    /** A contiguous copy. */
    public Tensor clone(Tensor x) {
        return call("clone", x.dtype(), x);
    }

    /** A copy on the door's device, or another name for x where it already is there. */
    public Tensor toDevice(Tensor x) {
        return call("to_device", x.dtype(), x, door.absent());
    }

    /** The elements on the CPU, row by row; shares x's memory where they already lie so. */
    Tensor toHost(Tensor x) {
        return call("to_host", x.dtype(), x);
    }

    /** The last two dimensions exchanged, sharing memory. */
    public Tensor transpose(Tensor x) {
        return call("transpose", x.dtype(), x);
    }

    /** The matrix product a b. */
    public Tensor matmul(Tensor a, Tensor b) {
        return call("matmul", a.dtype(), a, b);
    }

    /** x times a number. */
    public Tensor scale(Tensor x, double factor) {
        return call("scale", x.dtype(), x, door.number(factor));
    }

    /** x · f element by element, rounded to x's dtype; shapes broadcast. */
    public Tensor multiply(Tensor x, Tensor f) {
        return call("multiply", x.dtype(), x, f);
    }

    /** The elements in another shape, sharing memory where they can; one size may be −1. */
    public Tensor reshape(Tensor x, long... shape) {
        try (Tensor sizes = cpuLongs(shape)) {
            return call("reshape", x.dtype(), x, sizes);
        }
    }

    /**
     * W + D, added in float32 and rounded once to W's dtype.
     *
     * @param w a weight of any floating dtype
     * @param d FLOAT32, of w's shape
     */
    public Tensor merge(Tensor w, Tensor d) {
        return call("merge", w.dtype(), w, d);
    }

    /** The largest |a − b| in float32; NaN if a or b has a NaN. */
    public double maxDifference(Tensor a, Tensor b) {
        try (Tensor difference = call("max_difference", DType.FLOAT32, a, b)) {
            return difference.toDouble();
        }
    }

    /** Whether no element is NaN or infinite. */
    public boolean allFinite(Tensor x) {
        try (Tensor finite = call("all_finite", DType.FLOAT32, x)) {
            return finite.toDouble() != 0;
        }
    }

    /** U [m, k], S [k] and Vᵀ [k, n] of a matrix [m, n]. */
    public List<Tensor> svd(Tensor x) {
        List<Tensor> parts = new ArrayList<>();
        for (NDArray part : withoutGraph(() -> door.run("svd", x))) {
            parts.add(new Tensor(door, (PtNDArray) part, x.dtype()));
        }
        return parts;
    }

    /** The little-endian bytes of the elements, row by row; less than 2 GiB. */
    public ByteBuffer toBytes(Tensor x) {
        if (x.dtype() != DType.BFLOAT16) {
            return x.read(NDArray::toByteBuffer).order(ByteOrder.LITTLE_ENDIAN);
        }
        try (Tensor wide = cast(x, DType.FLOAT32)) {
            float[] values = wide.toFloats();
            ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            for (float value : values) {
                bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16)); // exact
            }
            return bytes.flip();
        }
    }

    private Tensor deviceLongs(long... values) {
        return door.create(LongBuffer.wrap(values), DType.INT64, values.length);
    }

    private Tensor cpuLongs(long... values) {
        return door.createOnCpu(LongBuffer.wrap(values), DType.INT64, values.length);
    }

    private Tensor code(DType dtype) {
        return door.number(dtype.code());
    }

    private Tensor call(String method, DType dtype, Tensor... inputs) {
        return new Tensor(
                door, (PtNDArray) withoutGraph(() -> door.run(method, inputs)).get(0), dtype);
    }

    /** Plain tensors, not inference tensors: autograd must be able to keep a weight. */
    private static NDList withoutGraph(Supplier<NDList> body) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return body.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
