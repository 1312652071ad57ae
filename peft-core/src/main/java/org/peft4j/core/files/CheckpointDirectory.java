package org.peft4j.core.files;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.peft4j.core.BadFileException;

/**
 * A checkpoint as Hugging Face publishes it: {@code config.json}, the weights in one {@code
 * model.safetensors} or in several files with an index, and perhaps {@code tokenizer.json} and
 * {@code generation_config.json}.
 *
 * <p>Opening reads JSON and safetensors headers, never weights. When both forms of weights are
 * there, the single file is taken, as {@code transformers} does. Tensors that a file holds but its
 * index does not list are there too.
 */
public final class CheckpointDirectory {

    private static final String CONFIG = "config.json";

    private final Path path;
    private final JsonObject config;
    private final Optional<JsonObject> generationConfig;
    private final CheckpointWeights weights;
    private final boolean resized;

    private CheckpointDirectory(
            Path path,
            JsonObject config,
            Optional<JsonObject> generationConfig,
            CheckpointWeights weights,
            boolean resized) {
        this.resized = resized;
        this.path = path;
        this.config = config;
        this.generationConfig = generationConfig;
        this.weights = weights;
    }

    /**
     * Opens a checkpoint and checks all that can be checked without reading weights.
     *
     * @param directory the directory, in Hugging Face's cache the one below {@code snapshots}
     * @return the opened checkpoint
     * @throws BadFileException if the directory, its config or its weights are missing, damaged,
     *     inconsistent, or only there as pickles
     */
    public static CheckpointDirectory open(Path directory) {
        PathChecks.requireDirectory(directory);
        AtomicFiles.recover(directory);
        requireConfig(directory);
        JsonObject config = JsonFiles.read(directory.resolve(CONFIG));
        Path generation = directory.resolve("generation_config.json");
        return new CheckpointDirectory(
                directory,
                config,
                Files.exists(generation)
                        ? Optional.of(JsonFiles.read(generation))
                        : Optional.empty(),
                CheckpointWeights.open(directory),
                false);
    }

    /**
     * Returns the same checkpoint with another number of tokens in its config.
     *
     * @param tokens {@code vocab_size}
     */
    public CheckpointDirectory withVocabularySize(int tokens) {
        JsonObject resized = config();
        resized.addProperty("vocab_size", tokens);
        return new CheckpointDirectory(path, resized, generationConfig, weights, true);
    }

    /** Returns whether its config has another number of tokens than the file says. */
    public boolean resized() {
        return resized;
    }

    /** Returns the directory. */
    public Path path() {
        return path;
    }

    /** Returns a copy of {@code config.json}. */
    public JsonObject config() {
        return config.deepCopy();
    }

    /** Returns the fields of {@code config.json} by type; errors name the file. */
    public JsonFields configFields() {
        return JsonFields.of(path.resolve(CONFIG), config());
    }

    /** Returns a copy of {@code generation_config.json}, or empty if there is none. */
    public Optional<JsonObject> generationConfig() {
        return generationConfig.map(JsonObject::deepCopy);
    }

    /** Returns the path of {@code tokenizer.json}, or empty if there is none. */
    public Optional<Path> tokenizerFile() {
        return Optional.of(path.resolve("tokenizer.json")).filter(Files::isRegularFile);
    }

    /** Returns the files that hold the weights, in the order of their names; unmodifiable. */
    public List<SafetensorsFile> weightFiles() {
        return weights.files();
    }

    /** Returns the tensors of all files by name; unmodifiable. */
    public Map<String, TensorEntry> entries() {
        return weights.entries();
    }

    /**
     * Finds a tensor.
     *
     * @param name the tensor's name
     * @return where it lies, or empty if the checkpoint has none of this name
     */
    public Optional<TensorEntry> find(String name) {
        return Optional.ofNullable(entries().get(name));
    }

    /**
     * Returns a tensor that must be there.
     *
     * @param name the tensor's name
     * @return where it lies
     * @throws BadFileException if the checkpoint has none of this name; names the nearest ones
     */
    public TensorEntry entry(String name) {
        return find(name).orElseThrow(() -> SafetensorsFile.missing(path, name, entries()));
    }

    private static void requireConfig(Path directory) {
        if (Files.exists(directory.resolve(CONFIG))) {
            return;
        }
        List<String> names = PathChecks.names(directory);
        if (names.contains("snapshots")) {
            throw new BadFileException(
                    directory,
                    "is a folder of Hugging Face's cache, not a checkpoint",
                    "Open the directory below its \"snapshots\"");
        }
        if (names.contains(AdapterDirectory.CONFIG)) {
            throw new BadFileException(
                    directory,
                    "is an adapter, not a base model: it has no config.json but an "
                            + AdapterDirectory.CONFIG,
                    "Open the base model first and load the adapter into it");
        }
        throw new BadFileException(
                directory,
                "has no config.json" + contents(names),
                "Give the directory of a Hugging Face checkpoint");
    }

    /** Returns a clause that says what a directory holds. */
    static String contents(List<String> names) {
        if (names.isEmpty()) {
            return "; it is empty";
        }
        int shown = Math.min(names.size(), 8);
        String more = names.size() > shown ? " and " + (names.size() - shown) + " more" : "";
        return "; it holds "
                + String.join(", ", names.subList(0, shown).stream().map(Names::quote).toList())
                + more;
    }
}
