package org.peft4j.transformers.parts;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.files.AtomicFileGroup;
import org.peft4j.core.files.CompanionFiles;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.PythonJson;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.heads.HeadConfig;

/**
 * Writes a base with changed weights as a checkpoint. Unchanged tensors are copied from file to
 * file, changed ones are rounded to the type that the original has there. Every tensor gets the
 * name that the model has for it, whatever the original called it.
 */
final class CheckpointWriter {

    /** What {@code save_pretrained} of {@code transformers} starts a new file at. */
    static final long LARGEST_FILE = 5_000_000_000L;

    private static final String CONFIG = "config.json";

    private final OpenedCheckpoint checkpoint;
    private final Modules modules;
    private final Ties ties;
    private final ChangedWeights changed;

    /**
     * Prepares to write.
     *
     * @param modules the model's names of the tensors, and its fresh ones
     * @param ties which tensors are others
     */
    CheckpointWriter(
            OpenedCheckpoint checkpoint, Modules modules, Ties ties, WeightOverlay changed) {
        this.checkpoint = checkpoint;
        this.modules = modules;
        this.ties = ties;
        this.changed = ChangedWeights.of(changed);
    }

    /**
     * Writes all files of a directory together; see {@link AtomicFileGroup}. Folders come first, so
     * that a directory with weights is complete.
     *
     * @param directory created if needed
     * @param largest the most bytes of tensors in a file
     * @throws BadFileException if the directory is the base's own or holds weights that would stay
     */
    void write(Path directory, long largest) {
        requireOther(directory);
        Set<String> untied = untied();
        Map<String, FileBody> files = new LinkedHashMap<>(Shards.of(tensors(untied), largest));
        requireNoOtherWeights(directory, files.keySet());
        files.put(CONFIG, config(untied));
        Map<String, Map<String, FileBody>> folders = new TreeMap<>();
        for (String path : CompanionFiles.of(checkpoint.files().path())) {
            FileBody body = copyOf(checkpoint.files().path().resolve(path));
            int slash = path.indexOf('/');
            if (slash < 0) {
                files.put(path, body);
            } else {
                folders.computeIfAbsent(path.substring(0, slash), name -> new TreeMap<>())
                        .put(path.substring(slash + 1), body);
            }
        }
        folders.forEach((name, content) -> commit(directory.resolve(name), content));
        commit(directory, files);
    }

    private static void commit(Path directory, Map<String, FileBody> files) {
        AtomicFileGroup group = new AtomicFileGroup(directory);
        files.forEach(group::add);
        group.commit();
    }

    /** The tied tensors that are no longer what they are tied to. */
    private Set<String> untied() {
        Set<String> untied = new TreeSet<>();
        ties.sources()
                .forEach(
                        (name, source) -> {
                            if (differ(changed.get(name), changed.get(source), source)) {
                                untied.add(name);
                            }
                        });
        return untied.isEmpty() || !ties.together()
                ? untied
                : new TreeSet<>(ties.sources().keySet());
    }

    private boolean differ(
            ChangedWeights.@Nullable Changed one,
            ChangedWeights.@Nullable Changed other,
            String source) {
        if (one == null && other == null) {
            return false;
        }
        if (one != null && other != null) {
            return differ(one.tensor(), other.tensor());
        }
        TensorEntry entry = entry(source);
        Tensor changedOne = (one == null ? Objects.requireNonNull(other) : one).tensor();
        Optional<Tensor> resized = checkpoint.weights().resized(entry.name());
        if (resized.isPresent()) {
            return differ(changedOne, resized.get());
        }
        try (Tensor frozen = checkpoint.weights().get(entry.name(), entry.dimensions())) {
            return differ(changedOne, frozen);
        }
    }

    private boolean differ(Tensor one, Tensor other) {
        return !(checkpoint.door().weights().maxDifference(one, other) == 0);
    }

    /** The entry of a tensor that goes by a model's name. */
    private TensorEntry entry(String name) {
        return checkpoint.files().entry(modules.names().stored(name));
    }

    private List<TensorSource> tensors(Set<String> untied) {
        Map<Path, SafetensorsFile> files = new HashMap<>();
        checkpoint.files().weightFiles().forEach(file -> files.put(file.path(), file));
        Map<String, String> names = modules.names().byStoredName();
        List<TensorSource> tensors = new ArrayList<>();
        for (TensorEntry entry : checkpoint.files().entries().values()) {
            String name = names.getOrDefault(entry.name(), entry.name());
            if (!ties.sources().containsKey(name) && !modules.fresh().containsKey(name)) {
                tensors.add(source(files, name, entry));
            }
        }
        for (String name : untied) {
            tensors.add(source(files, name, entry(sourceOf(name))));
        }
        modules.fresh().forEach((name, tensor) -> tensors.add(fresh(name, tensor)));
        return tensors;
    }

    /** A tensor of a head that the checkpoint did not hold. */
    private TensorSource fresh(String name, Tensor made) {
        ChangedWeights.Changed trained = changed.get(name);
        return TensorBytes.source(
                checkpoint.door().weights(),
                written(name),
                trained == null ? new ChangedWeights.Changed(made, false) : trained,
                FrozenWeights.storedType(made.dtype()),
                Arrays.stream(made.shape().getShape()).boxed().toList());
    }

    private String written(String name) {
        return modules.names().written(name);
    }

    private String sourceOf(String tied) {
        return ties.sources().getOrDefault(tied, tied);
    }

    /** The type that the file has, or the model's where the file has integers. */
    private StoredType storedType(TensorEntry entry) {
        boolean floating =
                FrozenWeights.dtypeOf(entry.type()).filter(DType::isFloating).isPresent();
        return floating ? entry.type() : FrozenWeights.storedType(checkpoint.dtype());
    }

    /** A tensor under a name: the changed one, or the one that the entry says. */
    private TensorSource source(Map<Path, SafetensorsFile> files, String name, TensorEntry entry) {
        ChangedWeights.Changed replacement = changed.get(name);
        Optional<Tensor> resized = checkpoint.weights().resized(entry.name());
        if (replacement == null && resized.isPresent()) {
            replacement = new ChangedWeights.Changed(resized.get(), false);
        }
        if (replacement != null) {
            List<Long> shape =
                    resized.map(tensor -> Arrays.stream(tensor.shape().getShape()).boxed().toList())
                            .orElse(entry.shape());
            return TensorBytes.source(
                    checkpoint.door().weights(),
                    written(name),
                    replacement,
                    storedType(entry),
                    shape);
        }
        SafetensorsFile file = files.get(entry.file());
        if (file == null) {
            throw new IllegalStateException("no open file holds " + entry.name());
        }
        TensorSource copy = TensorSource.copyOf(file, entry);
        return new TensorSource(written(name), copy.type(), copy.shape(), copy.body());
    }

    /**
     * The config byte for byte, unless tensors came apart that it calls tied, or the head is new.
     */
    private FileBody config(Set<String> untied) {
        HeadConfig head = modules.head();
        boolean newHead = !head.ofCheckpoint() || !modules.fresh().isEmpty();
        boolean resized = checkpoint.files().resized();
        if (untied.isEmpty() && !newHead && !resized) {
            return copyOf(checkpoint.files().path().resolve(CONFIG));
        }
        JsonObject config = checkpoint.files().config();
        if (!untied.isEmpty()) {
            ties.cameApart().accept(config);
        }
        if (newHead) {
            head.writeTo(config);
        }
        return FileBody.of(PythonJson.dumps(config) + "\n");
    }

    private static FileBody copyOf(Path file) {
        return channel -> {
            try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
                long position = 0;
                long count;
                while ((count = in.transferTo(position, in.size() - position, channel)) > 0) {
                    position += count;
                }
            }
        };
    }

    private void requireOther(Path directory) {
        try {
            if (Files.exists(directory) && Files.isSameFile(directory, checkpoint.files().path())) {
                throw new BadFileException(
                        directory,
                        "is the directory of the base itself, which stays as it is",
                        "Write to another directory");
            }
        } catch (IOException e) {
            throw new BadFileException(
                    directory, "cannot be read: " + e.getMessage(), "Check the path", e);
        }
    }

    /** Old shards beside a new index, or an old single file beside new shards, would be read. */
    private static void requireNoOtherWeights(Path directory, Set<String> written) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            Set<String> other =
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.contains(".safetensors"))
                            .filter(name -> !name.startsWith("."))
                            .filter(name -> !written.contains(name))
                            .collect(Collectors.toCollection(TreeSet::new));
            if (!other.isEmpty()) {
                throw new BadFileException(
                        directory,
                        "holds weights of another checkpoint: " + String.join(", ", other),
                        "Write to an empty directory, or remove them first");
            }
        } catch (IOException e) {
            throw new BadFileException(
                    directory, "cannot be listed: " + e.getMessage(), "Check the path", e);
        }
    }
}
