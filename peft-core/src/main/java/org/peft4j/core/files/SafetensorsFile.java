package org.peft4j.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.peft4j.core.BadFileException;

/**
 * A safetensors file whose header was read and checked in full; its data is not read until asked
 * for.
 *
 * <p>The format (huggingface/safetensors): eight bytes with the header's length, little-endian; the
 * header, a JSON object that gives each tensor's type, shape and offsets; the data. As in the
 * reference implementation the tensors must cover the data exactly, without overlaps and holes.
 *
 * <p>An instance keeps no file open and is immutable, so any number of threads may use it. When the
 * file is replaced or changed after it was opened, {@link #read} and {@link #requireUnchanged}
 * refuse to go on instead of reading the wrong bytes.
 */
public final class SafetensorsFile {

    private static final int LENGTH_BYTES = Long.BYTES;
    private static final int START_BYTES = 16;
    private static final long LARGEST_HEADER = 100_000_000;

    private final Path path;
    private final FileStamp stamp;
    private final long dataStart;
    private final Map<String, String> metadata;
    private final Map<String, TensorEntry> entries;

    private SafetensorsFile(
            Path path,
            FileStamp stamp,
            long dataStart,
            Map<String, String> metadata,
            Map<String, TensorEntry> entries) {
        this.path = path;
        this.stamp = stamp;
        this.dataStart = dataStart;
        this.metadata = metadata;
        this.entries = entries;
    }

    /**
     * Opens a file and checks all that can be checked without reading its data.
     *
     * @param path the file
     * @return the opened file
     * @throws BadFileException if the file is missing, not safetensors, damaged, or not consistent
     *     with itself
     */
    public static SafetensorsFile open(Path path) {
        PathChecks.requireFile(path);
        // The stamp comes first: should the file be replaced in between, it no longer fits.
        FileStamp stamp = stamp(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            int headerLength = headerLength(path, channel, size);
            byte[] header = readFully(path, channel, LENGTH_BYTES, headerLength);
            SafetensorsHeader parsed = SafetensorsHeader.parse(path, header);
            long dataStart = LENGTH_BYTES + (long) headerLength;
            return new SafetensorsFile(
                    path,
                    stamp,
                    dataStart,
                    parsed.metadata(),
                    layOut(path, parsed.tensors(), dataStart, size - dataStart));
        } catch (IOException e) {
            throw Failures.reading(path, e);
        }
    }

    /** Returns the path that the file was opened by. */
    public Path path() {
        return path;
    }

    /** Returns the strings under {@code __metadata__}, in the header's order; unmodifiable. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Returns the tensors by name, in the order in which they lie in the file; unmodifiable. */
    public Map<String, TensorEntry> entries() {
        return entries;
    }

    /**
     * Finds a tensor.
     *
     * @param name the tensor's name
     * @return where it lies, or empty if the file has none of this name
     */
    public Optional<TensorEntry> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /**
     * Returns a tensor that must be there.
     *
     * @param name the tensor's name
     * @return where it lies
     * @throws BadFileException if the file has none of this name; names the nearest ones
     */
    public TensorEntry entry(String name) {
        return find(name).orElseThrow(() -> missing(path, name, entries));
    }

    /** Returns where the data begins, in bytes from the start of the file. */
    public long dataStart() {
        return dataStart;
    }

    /**
     * Reads one tensor.
     *
     * @param entry one of {@link #entries}
     * @return its bytes in a fresh direct buffer, little-endian, ready to read
     * @throws IllegalArgumentException if the entry is not from this file
     * @throws BadFileException if the tensor has 2 GiB or more, or if the file cannot be read or
     *     was changed since it was opened
     */
    public ByteBuffer read(TensorEntry entry) {
        if (!entry.equals(entries.get(entry.name()))) {
            throw new IllegalArgumentException("tensor " + entry.name() + " is not from " + path);
        }
        if (entry.byteCount() > Integer.MAX_VALUE) {
            throw new BadFileException(
                    path,
                    "tensor "
                            + Names.quote(entry.name())
                            + " has "
                            + entry.byteCount()
                            + " bytes, more than a buffer can hold",
                    "Map it from the file instead of reading it");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            requireUnchanged();
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect((int) entry.byteCount())
                            .order(ByteOrder.LITTLE_ENDIAN);
            readFully(path, channel, entry.begin(), bytes);
            return bytes.flip();
        } catch (IOException e) {
            throw Failures.reading(path, e);
        }
    }

    /**
     * Checks that the path still leads to the file that was opened, unchanged. Who maps the file
     * calls this after opening it and before trusting the offsets.
     *
     * @throws ChangedFileException if the file was replaced, changed or deleted
     */
    public void requireUnchanged() {
        if (!stamp.equals(stamp(path))) {
            throw new ChangedFileException(path);
        }
    }

    static BadFileException missing(Path path, String name, Map<String, TensorEntry> entries) {
        return new BadFileException(
                path,
                "has no tensor named "
                        + Names.quote(name)
                        + (entries.isEmpty() ? "; it is empty" : "")
                        + Names.nearClause(name, entries.keySet()),
                "Check that the file belongs to this model");
    }

    private static FileStamp stamp(Path path) {
        try {
            return FileStamp.of(path);
        } catch (IOException e) {
            throw Failures.reading(path, e);
        }
    }

    private static int headerLength(Path path, FileChannel channel, long size) throws IOException {
        byte[] start = readFully(path, channel, 0, (int) Math.min(size, START_BYTES));
        if (size < LENGTH_BYTES) {
            throw ForeignFormat.recognise(path, start)
                    .orElseGet(
                            () ->
                                    bad(
                                            path,
                                            "is too short for a safetensors file: "
                                                    + size
                                                    + " bytes"));
        }
        long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Optional<String> problem = lengthProblem(length, size);
        if (problem.isPresent()) {
            throw ForeignFormat.recognise(path, start).orElseGet(() -> bad(path, problem.get()));
        }
        return (int) length;
    }

    private static Optional<String> lengthProblem(long length, long size) {
        if (length < 0) {
            return Optional.of("gives its header a negative length, " + length);
        }
        if (length == 0) {
            return Optional.of("gives its header the length zero");
        }
        if (length > LARGEST_HEADER) {
            return Optional.of(
                    "gives its header "
                            + length
                            + " bytes, more than the format allows ("
                            + LARGEST_HEADER
                            + ")");
        }
        if (length > size - LENGTH_BYTES) {
            return Optional.of(
                    "is cut off: its header should have "
                            + length
                            + " bytes but the whole file has "
                            + size);
        }
        return Optional.empty();
    }

    private static Map<String, TensorEntry> layOut(
            Path path, List<SafetensorsHeader.Tensor> tensors, long dataStart, long dataLength) {
        for (SafetensorsHeader.Tensor tensor : tensors) {
            if (tensor.end() > dataLength) {
                throw bad(
                        path,
                        "is cut off: tensor "
                                + Names.quote(tensor.name())
                                + " should end at byte "
                                + tensor.end()
                                + " of the data, but there are only "
                                + dataLength);
            }
        }
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        long covered = 0;
        String previous = "";
        for (SafetensorsHeader.Tensor tensor : inFileOrder(tensors)) {
            if (tensor.begin() < covered) {
                throw bad(
                        path,
                        "has overlapping tensors: "
                                + Names.quote(previous)
                                + " and "
                                + Names.quote(tensor.name()));
            }
            requireNoHole(path, covered, tensor.begin());
            covered = tensor.end();
            previous = tensor.name();
            entries.put(
                    tensor.name(),
                    new TensorEntry(
                            path,
                            tensor.name(),
                            tensor.type(),
                            tensor.shape(),
                            dataStart + tensor.begin(),
                            dataStart + tensor.end()));
        }
        requireNoHole(path, covered, dataLength);
        return Collections.unmodifiableMap(entries);
    }

    private static List<SafetensorsHeader.Tensor> inFileOrder(
            List<SafetensorsHeader.Tensor> tensors) {
        return tensors.stream()
                .sorted(
                        Comparator.comparingLong(SafetensorsHeader.Tensor::begin)
                                .thenComparingLong(SafetensorsHeader.Tensor::end))
                .toList();
    }

    private static void requireNoHole(Path path, long from, long to) {
        if (from != to) {
            throw bad(
                    path,
                    "has bytes that belong to no tensor, "
                            + from
                            + " to "
                            + to
                            + " of the data (invalid offset)");
        }
    }

    private static byte[] readFully(Path path, FileChannel channel, long position, int count)
            throws IOException {
        byte[] bytes = new byte[count];
        readFully(path, channel, position, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static void readFully(Path path, FileChannel channel, long position, ByteBuffer into)
            throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw bad(path, "became shorter while it was read");
            }
            at += count;
        }
    }

    private static BadFileException bad(Path path, String problem) {
        return new BadFileException(path, problem, SafetensorsHeader.REMEDY);
    }
}
