package org.peft4j.core.files;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one tensor lies in a safetensors file. Elements are little-endian and in row-major order.
 *
 * @param file the file that holds the bytes
 * @param name the tensor's name, for example {@code model.embed_tokens.weight}
 * @param type the element type
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param begin the offset of the first byte, counted from the start of the file
 * @param end the offset after the last byte, counted from the start of the file
 */
public record TensorEntry(
        Path file, String name, StoredType type, List<Long> shape, long begin, long end) {

    /**
     * Checks that the numbers agree with each other.
     *
     * @throws IllegalArgumentException if a dimension or an offset is negative, or if the offsets
     *     do not span exactly the bytes that type and shape need
     */
    public TensorEntry {
        shape = List.copyOf(shape);
        if (begin < 0 || end < begin || shape.stream().anyMatch(d -> d < 0)) {
            throw new IllegalArgumentException(
                    "tensor " + name + " must not have negative dimensions or offsets");
        }
        if (!fits(type, shape, end - begin)) {
            throw new IllegalArgumentException(
                    "tensor " + name + " must span the bytes of its type and shape");
        }
    }

    /** Returns the dimensions as a fresh array, outermost first. */
    public long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Returns the number of elements, 1 for a scalar. */
    public long elementCount() {
        return Shapes.elements(shape);
    }

    /** Returns the size of the data in bytes. */
    public long byteCount() {
        return end - begin;
    }

    private static boolean fits(StoredType type, List<Long> shape, long bytes) {
        try {
            return Shapes.bytes(type, shape) == bytes;
        } catch (ArithmeticException e) {
            return false;
        }
    }
}
