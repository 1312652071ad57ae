package org.peft4j.core;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/**
 * The weights of a checkpoint as tensors. On the CPU, and in the dtype of the file, a tensor is a
 * view of the mapped file: nothing is read until it is used, and processes share the pages. Another
 * device or dtype costs a copy.
 */
public final class FrozenWeights {

    private final CheckpointDirectory checkpoint;
    private final OperatorDoor door;
    private final DType dtype;
    private final Map<Path, SafetensorsFile> files = new HashMap<>();
    private final Map<String, Tensor> mapped = new HashMap<>();
    private final @Nullable ResizedVocabulary vocabulary;
    private final Map<String, Tensor> resized = new HashMap<>();

    /**
     * Opens the weights of a checkpoint.
     *
     * @param checkpoint where they are
     * @param door the device they go to; it owns the tensors
     * @param dtype the dtype to give to weights; integers become floating-point numbers too
     */
    public FrozenWeights(CheckpointDirectory checkpoint, OperatorDoor door, DType dtype) {
        this(checkpoint, door, dtype, null);
    }

    /**
     * Opens the weights of a checkpoint whose vocabulary is resized.
     *
     * @param checkpoint where they are
     * @param door the device they go to; it owns the tensors
     * @param dtype the dtype to give to floating-point weights
     * @param vocabulary what a tensor becomes that the file has with another number of tokens; or
     *     null
     */
    public FrozenWeights(
            CheckpointDirectory checkpoint,
            OperatorDoor door,
            DType dtype,
            @Nullable ResizedVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.checkpoint = checkpoint;
        this.door = door;
        this.dtype = dtype;
        checkpoint.weightFiles().forEach(file -> files.put(file.path(), file));
    }

    /** Returns whether there is a tensor of that name. */
    public boolean contains(String name) {
        return checkpoint.find(name).isPresent();
    }

    /**
     * Returns a tensor.
     *
     * @param name its name in the checkpoint
     * @param shape the shape that the config implies
     * @throws BadFileException if there is none, or its shape is another
     */
    public Tensor get(String name, long... shape) {
        TensorEntry entry = checkpoint.entry(name);
        if (vocabulary != null && vocabulary.changes(entry.dimensions(), shape)) {
            return resized.computeIfAbsent(
                    name,
                    key -> {
                        try (Tensor published = load(entry)) {
                            return vocabulary.resize(door.weights(), key, published);
                        }
                    });
        }
        if (!Arrays.equals(entry.dimensions(), shape)) {
            throw new BadFileException(
                    entry.file(),
                    name
                            + " has the shape "
                            + Arrays.toString(entry.dimensions())
                            + ", but config.json implies "
                            + Arrays.toString(shape),
                    "Use the config.json that belongs to these weights");
        }
        return load(entry);
    }

    /** Returns a tensor, or null if there is none of that name. */
    public @Nullable Tensor find(String name, long... shape) {
        return contains(name) ? get(name, shape) : null;
    }

    /** Returns the tensor that resizing made of one, if it did. */
    public Optional<Tensor> resized(String name) {
        return Optional.ofNullable(resized.get(name));
    }

    /** Returns the dtype that a stored type has in libtorch, if it has one. */
    public static Optional<DType> dtypeOf(StoredType type) {
        return switch (type) {
            case F64 -> Optional.of(DType.FLOAT64);
            case F32 -> Optional.of(DType.FLOAT32);
            case F16 -> Optional.of(DType.FLOAT16);
            case BF16 -> Optional.of(DType.BFLOAT16);
            case I64 -> Optional.of(DType.INT64);
            case I32 -> Optional.of(DType.INT32);
            case U8 -> Optional.of(DType.UINT8);
            case BOOL -> Optional.of(DType.BOOL);
            default -> Optional.empty();
        };
    }

    /** Returns the stored type of a dtype. */
    public static StoredType storedType(DType type) {
        return switch (type) {
            case FLOAT64 -> StoredType.F64;
            case FLOAT32 -> StoredType.F32;
            case FLOAT16 -> StoredType.F16;
            case BFLOAT16 -> StoredType.BF16;
            case INT64 -> StoredType.I64;
            case INT32 -> StoredType.I32;
            case UINT8 -> StoredType.U8;
            case BOOL -> StoredType.BOOL;
        };
    }

    private Tensor load(TensorEntry entry) {
        DType stored =
                dtypeOf(entry.type())
                        .orElseThrow(
                                () ->
                                        new BadFileException(
                                                entry.file(),
                                                entry.name()
                                                        + " has the type "
                                                        + entry.type()
                                                        + ", which PyTorch cannot compute with here",
                                                "Convert the checkpoint to float32, float16 or"
                                                        + " bfloat16"));
        WeightOps ops = door.weights();
        Tensor view = view(entry, stored, ops);
        if (stored == dtype && !door.device().isGpu()) {
            return view;
        }
        try (view) {
            Tensor moved = ops.toDevice(view);
            if (stored == dtype) {
                return moved;
            }
            try (moved) {
                return ops.cast(moved, dtype);
            }
        }
    }

    private Tensor view(TensorEntry entry, DType stored, WeightOps ops) {
        SafetensorsFile file = files.get(entry.file());
        if (file == null) {
            throw new IllegalStateException("no open file holds " + entry.name());
        }
        if (entry.begin() % stored.bytes() != 0 || entry.elementCount() == 0) {
            return ops.fromBytes(file.read(entry), stored, entry.dimensions());
        }
        Tensor whole =
                mapped.computeIfAbsent(
                        stored + " " + entry.file(),
                        key -> {
                            file.requireUnchanged();
                            long end =
                                    file.entries().values().stream()
                                            .mapToLong(TensorEntry::end)
                                            .max()
                                            .orElse(0);
                            return ops.map(
                                    entry.file().toAbsolutePath(), stored, end / stored.bytes());
                        });
        return ops.view(whole, entry.begin() / stored.bytes(), entry.dimensions());
    }
}
