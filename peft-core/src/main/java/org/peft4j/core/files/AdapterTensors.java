package org.peft4j.core.files;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.peft4j.core.BadFileException;

/**
 * The tensors of an adapter under the names that this library has for them, whatever files they lie
 * in and whatever they are called there.
 */
public final class AdapterTensors {

    private final Path path;
    private final Map<String, TensorEntry> entries;
    private final Map<Path, SafetensorsFile> files;

    private AdapterTensors(
            Path path, Map<String, TensorEntry> entries, Map<Path, SafetensorsFile> files) {
        this.path = path;
        this.entries = Collections.unmodifiableMap(new TreeMap<>(entries));
        this.files = Map.copyOf(files);
    }

    /** Returns the tensors of a file that has this library's own names. */
    public static AdapterTensors of(SafetensorsFile file) {
        return new AdapterTensors(file.path(), file.entries(), Map.of(file.path(), file));
    }

    /**
     * Returns tensors of several files under other names than they have there.
     *
     * @param path what messages name: the most important of the files
     * @param files that hold the tensors
     * @param entries the tensors by this library's names
     */
    public static AdapterTensors renamed(
            Path path, List<SafetensorsFile> files, Map<String, TensorEntry> entries) {
        Map<Path, SafetensorsFile> byPath = new TreeMap<>();
        files.forEach(file -> byPath.put(file.path(), file));
        entries.values()
                .forEach(
                        entry -> {
                            if (!byPath.containsKey(entry.file())) {
                                throw new IllegalArgumentException(
                                        entry.name() + " lies in none of the files");
                            }
                        });
        return new AdapterTensors(path, entries, byPath);
    }

    /** Returns what messages name. */
    public Path path() {
        return path;
    }

    /** Returns the tensors by name, sorted. */
    public Map<String, TensorEntry> entries() {
        return entries;
    }

    /**
     * Returns a tensor's place.
     *
     * @throws BadFileException if there is none of that name
     */
    public TensorEntry entry(String name) {
        TensorEntry entry = entries.get(name);
        if (entry == null) {
            throw new BadFileException(path, "has no tensor " + name, "Save the adapter again");
        }
        return entry;
    }

    /** Reads a tensor's bytes. */
    public ByteBuffer read(TensorEntry entry) {
        SafetensorsFile file = files.get(entry.file());
        if (file == null) {
            throw new IllegalArgumentException(entry.name() + " lies in none of the files");
        }
        return file.read(entry);
    }
}
