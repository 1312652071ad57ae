package org.peft4j.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.peft4j.core.BadFileException;

/**
 * Writes safetensors files, byte for byte as the reference implementation (safetensors 0.8) does:
 * tensors by descending type, then by name; a compact header, padded with spaces to a multiple of
 * eight. Several metadata entries keep the order of the map given here; the reference writes them
 * in no particular order.
 */
public final class SafetensorsWriter {

    /** What {@code transformers} and {@code peft} write, and want to find: {@code format: pt}. */
    public static final Map<String, String> DEFAULT_METADATA = Map.of("format", "pt");

    private static final int ALIGNMENT = 8;
    private static final Comparator<TensorSource> FILE_ORDER =
            Comparator.comparing(TensorSource::type)
                    .reversed()
                    .thenComparing(TensorSource::name, CodePoints.ORDER);

    private SafetensorsWriter() {}

    /**
     * Writes a file atomically, with {@link #DEFAULT_METADATA}.
     *
     * @param target the file, created or replaced
     * @param tensors the tensors, in any order
     * @throws IllegalArgumentException if two tensors have the same name
     * @throws IllegalStateException if a body does not write exactly the bytes that it promised
     * @throws BadFileException if the file cannot be written; the old one is then unchanged
     */
    public static void write(Path target, List<TensorSource> tensors) {
        write(target, tensors, DEFAULT_METADATA);
    }

    /**
     * Writes a file atomically.
     *
     * @param target the file, created or replaced
     * @param tensors the tensors, in any order
     * @param metadata goes under {@code __metadata__}, which is left out if this is empty
     * @throws IllegalArgumentException if two tensors have the same name
     * @throws IllegalStateException if a body does not write exactly the bytes that it promised
     * @throws BadFileException if the file cannot be written; the old one is then unchanged
     */
    public static void write(
            Path target, List<TensorSource> tensors, Map<String, String> metadata) {
        AtomicFiles.writeFile(target, body(tensors, metadata));
    }

    /**
     * Returns a whole file as a body, for example for an {@link AtomicFileGroup}. Writing it throws
     * {@link IllegalStateException} if a tensor does not write exactly the bytes that it promised.
     *
     * @param tensors the tensors, in any order
     * @param metadata goes under {@code __metadata__}, which is left out if this is empty
     * @return the file's content
     * @throws IllegalArgumentException if two tensors have the same name
     */
    public static FileBody body(List<TensorSource> tensors, Map<String, String> metadata) {
        Set<String> names = new HashSet<>();
        for (TensorSource tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "tensor names must differ but " + tensor.name() + " is there twice");
            }
        }
        List<TensorSource> ordered = tensors.stream().sorted(FILE_ORDER).toList();
        byte[] header = header(ordered, metadata).getBytes(StandardCharsets.UTF_8);
        return channel -> write(channel, header, ordered);
    }

    private static void write(
            WritableByteChannel channel, byte[] header, List<TensorSource> tensors)
            throws IOException {
        int padding = Math.floorMod(-header.length, ALIGNMENT);
        ByteBuffer start =
                ByteBuffer.allocate(Long.BYTES + header.length + padding)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length + padding)
                        .put(header);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        new BodyChannel(channel, Long.MAX_VALUE).write(start.flip());
        for (TensorSource tensor : tensors) {
            writeTensor(channel, tensor);
        }
    }

    private static void writeTensor(WritableByteChannel channel, TensorSource tensor)
            throws IOException {
        BodyChannel counted = new BodyChannel(channel, tensor.byteCount());
        try {
            tensor.body().writeTo(counted);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("tensor " + tensor.name() + ": " + e.getMessage(), e);
        }
        if (counted.written() != tensor.byteCount()) {
            throw new IllegalStateException(
                    "tensor "
                            + tensor.name()
                            + " promised "
                            + tensor.byteCount()
                            + " bytes but wrote "
                            + counted.written());
        }
    }

    private static String header(List<TensorSource> tensors, Map<String, String> metadata) {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            quote(json, SafetensorsHeader.METADATA).append(":{");
            metadata.forEach(
                    (key, value) -> {
                        separate(json);
                        quote(json, key).append(':');
                        quote(json, value);
                    });
            json.append('}');
        }
        long offset = 0;
        for (TensorSource tensor : tensors) {
            long end = Math.addExact(offset, tensor.byteCount());
            separate(json);
            quote(json, tensor.name());
            json.append(":{\"dtype\":\"").append(tensor.type()).append("\",\"shape\":");
            json.append(tensor.shape().toString().replace(" ", ""));
            json.append(",\"data_offsets\":[").append(offset).append(',').append(end).append("]}");
            offset = end;
        }
        return json.append('}').toString();
    }

    private static void separate(StringBuilder json) {
        if (json.charAt(json.length() - 1) != '{') {
            json.append(',');
        }
    }

    /** Escapes as Rust's serde_json does: only what must be. */
    private static StringBuilder quote(StringBuilder json, String text) {
        if (!Names.isWellFormed(text)) {
            throw new IllegalArgumentException(
                    "text must be valid Unicode but is " + Names.quote(text));
        }
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\f' -> json.append("\\f");
                case '\b' -> json.append("\\b");
                default -> {
                    if (c < ' ') {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"');
    }
}
