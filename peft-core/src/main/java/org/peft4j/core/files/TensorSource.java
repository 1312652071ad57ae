package org.peft4j.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Supplier;
import org.peft4j.core.BadFileException;

/**
 * A tensor to be written: what a header says about it, and where its bytes come from. The bytes are
 * asked for only when it is this tensor's turn, so no more than one tensor needs to be in memory.
 *
 * @param name the tensor's name; not empty, no control characters, not {@code __metadata__}
 * @param type the element type
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param body writes exactly the bytes that type and shape need: little-endian, row-major
 */
public record TensorSource(String name, StoredType type, List<Long> shape, FileBody body) {

    /**
     * Checks name and shape.
     *
     * @throws IllegalArgumentException if the name is not allowed, or if the shape has a negative
     *     dimension or too many elements
     */
    public TensorSource {
        shape = List.copyOf(shape);
        if (name.isEmpty()
                || name.equals(SafetensorsHeader.METADATA)
                || Names.hasControlCharacters(name)) {
            throw new IllegalArgumentException(
                    "tensor name must be printable and not reserved but is " + Names.quote(name));
        }
        if (shape.stream().anyMatch(d -> d < 0)) {
            throw new IllegalArgumentException(
                    "shape of tensor " + name + " must not be negative but is " + shape);
        }
        try {
            Shapes.bytes(type, shape);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "shape of tensor " + name + " must fit into a file but is " + shape, e);
        }
    }

    /**
     * Makes a source from a buffer that is fetched when it is needed.
     *
     * @param name the tensor's name
     * @param type the element type
     * @param shape the dimensions, outermost first
     * @param bytes gives the data from position to limit, little-endian and row-major; the buffer
     *     itself is left as it is
     * @return the source
     * @throws IllegalArgumentException if name or shape are not allowed
     */
    public static TensorSource of(
            String name, StoredType type, long[] shape, Supplier<ByteBuffer> bytes) {
        return new TensorSource(
                name, type, Shapes.listOf(shape), channel -> channel.write(bytes.get().slice()));
    }

    /**
     * Makes a source that copies a tensor from another file, without holding it in memory.
     *
     * @param file the file
     * @param entry one of its entries
     * @return the source, under the same name
     */
    public static TensorSource copyOf(SafetensorsFile file, TensorEntry entry) {
        return new TensorSource(
                entry.name(),
                entry.type(),
                entry.shape(),
                channel -> {
                    try (FileChannel in = FileChannel.open(file.path(), StandardOpenOption.READ)) {
                        file.requireUnchanged();
                        copy(in, entry, channel);
                    }
                });
    }

    /** Returns the size of the data in bytes. */
    public long byteCount() {
        return Shapes.bytes(type, shape);
    }

    private static void copy(FileChannel in, TensorEntry entry, WritableByteChannel out)
            throws IOException {
        long position = entry.begin();
        while (position < entry.end()) {
            long count = in.transferTo(position, entry.end() - position, out);
            if (count <= 0) {
                throw new BadFileException(
                        entry.file(), "became shorter while it was copied", "Fetch it again");
            }
            position += count;
        }
    }
}
