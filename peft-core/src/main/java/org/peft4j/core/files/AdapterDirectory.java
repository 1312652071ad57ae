package org.peft4j.core.files;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;

/**
 * An adapter as the Python library {@code peft} stores it: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. A method whose encoder only training needs keeps it in {@code
 * prompt_encoder.safetensors} beside them.
 */
public final class AdapterDirectory {

    static final String CONFIG = "adapter_config.json";

    private static final String WEIGHTS = "adapter_model.safetensors";

    /** Holds what only training needs; Python's peft neither writes nor reads it. */
    public static final String ENCODER = "prompt_encoder.safetensors";

    private static final String PICKLE = "adapter_model.bin";
    private static final String TYPE = "peft_type";

    private final Path path;
    private final JsonObject config;
    private final SafetensorsFile weights;
    private final @Nullable SafetensorsFile encoder;

    private AdapterDirectory(
            Path path,
            JsonObject config,
            SafetensorsFile weights,
            @Nullable SafetensorsFile encoder) {
        this.path = path;
        this.config = config;
        this.weights = weights;
        this.encoder = encoder;
    }

    /**
     * Opens an adapter. Config and weights are of the same save, even if the directory is being
     * written to at this moment or a writer crashed in it.
     *
     * @param directory the directory
     * @return the opened adapter
     * @throws BadFileException if the directory, its config or its weights are missing, damaged or
     *     only there as a pickle, or if the config has no {@code peft_type}
     */
    public static AdapterDirectory open(Path directory) {
        PathChecks.requireDirectory(directory);
        return AtomicFiles.readTogether(
                directory, List.of(CONFIG, WEIGHTS), () -> openOnce(directory, false));
    }

    /**
     * Opens an adapter with what training needs, if it is there; of the same save as the rest.
     *
     * @param directory the directory
     * @return the opened adapter
     * @throws BadFileException as {@link #open}, or if {@link #ENCODER} is damaged
     */
    public static AdapterDirectory openForTraining(Path directory) {
        PathChecks.requireDirectory(directory);
        return AtomicFiles.readTogether(
                directory, List.of(CONFIG, WEIGHTS, ENCODER), () -> openOnce(directory, true));
    }

    /**
     * Writes an adapter so that it is there as a whole or not at all; see {@link AtomicFileGroup}.
     * The config is written as {@code peft} writes it: indented by two, keys sorted.
     *
     * @param directory the directory, made if it is missing; other files in it stay
     * @param config the content of {@code adapter_config.json}, with its {@code peft_type}
     * @param tensors the content of {@code adapter_model.safetensors}
     * @param extraFiles further files to save with them, by plain name, such as {@code README.md}
     * @throws IllegalArgumentException if the config has no {@code peft_type}, two tensors have the
     *     same name, or an extra file has a name that is not plain or is taken
     * @throws IllegalStateException if a tensor does not write the bytes that it promised
     * @throws BadFileException if a file cannot be written; the old ones are then unchanged
     */
    public static void write(
            Path directory,
            JsonObject config,
            List<TensorSource> tensors,
            Map<String, FileBody> extraFiles) {
        if (!JsonFields.of(directory.resolve(CONFIG), config).has(TYPE)) {
            throw new IllegalArgumentException("an adapter's config must have a " + TYPE);
        }
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new BadFileException(
                    directory, "is a file, not a directory", "Save the adapter to a directory");
        }
        AtomicFileGroup group = new AtomicFileGroup(directory);
        group.add(CONFIG, FileBody.of(PythonJson.dumps(config)));
        group.add(WEIGHTS, SafetensorsWriter.body(tensors, SafetensorsWriter.DEFAULT_METADATA));
        extraFiles.forEach(group::add);
        group.commit();
    }

    /** Returns the directory. */
    public Path path() {
        return path;
    }

    /** Returns a copy of {@code adapter_config.json}. */
    public JsonObject config() {
        return config.deepCopy();
    }

    /** Returns the fields of {@code adapter_config.json} by type; errors name the file. */
    public JsonFields configFields() {
        return JsonFields.of(path.resolve(CONFIG), config());
    }

    /** Returns the {@code peft_type}, for example {@code LORA}. */
    public String peftType() {
        return configFields().string(TYPE);
    }

    /** Returns {@code adapter_model.safetensors}. */
    public SafetensorsFile weights() {
        return weights;
    }

    /** Returns {@link #ENCODER}, if it is there and the adapter was opened for training. */
    public Optional<SafetensorsFile> encoder() {
        return Optional.ofNullable(encoder);
    }

    private static AdapterDirectory openOnce(Path directory, boolean training) {
        List<String> names = PathChecks.names(directory);
        Path config = directory.resolve(CONFIG);
        Path weights = directory.resolve(WEIGHTS);
        if (!Files.exists(config)) {
            throw new BadFileException(
                    directory,
                    "is not an adapter: it has no " + CONFIG + CheckpointDirectory.contents(names),
                    "Give the directory that holds it; an adapter with a name of its own lies in a"
                            + " directory of that name");
        }
        JsonObject content = JsonFiles.read(config);
        ForeignFormat.mlx(directory, content, names).ifPresent(AdapterDirectory::refuse);
        JsonFields.of(config, content).string(TYPE);
        if (!Files.exists(weights, LinkOption.NOFOLLOW_LINKS)) {
            throw noWeights(directory, names);
        }
        @Nullable SafetensorsFile encoder =
                training && names.contains(ENCODER)
                        ? SafetensorsFile.open(directory.resolve(ENCODER))
                        : null;
        return new AdapterDirectory(directory, content, SafetensorsFile.open(weights), encoder);
    }

    private static void refuse(BadFileException reason) {
        throw reason;
    }

    private static BadFileException noWeights(Path directory, List<String> names) {
        if (names.contains(PICKLE)) {
            return ForeignFormat.pickle(directory.resolve(PICKLE));
        }
        return new BadFileException(
                directory,
                "has no " + WEIGHTS + CheckpointDirectory.contents(names),
                "Download the adapter again, or save it again");
    }
}
