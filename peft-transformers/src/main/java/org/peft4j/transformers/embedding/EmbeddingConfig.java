package org.peft4j.transformers.embedding;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.JsonFiles;

/**
 * How a checkpoint embeds texts: the files that sentence-transformers puts beside it.
 *
 * @param transformer the directory of the transformer and its tokenizer
 * @param pooling at least one; the vectors of several stand one after the other
 * @param normalize whether vectors are scaled to length 1
 * @param maxTokens the most tokens of a text, special ones included; 0 for as many as the
 *     transformer takes
 * @param lowerCase whether texts are lower-cased first
 * @param prompt what is put before every text; may be empty
 */
public record EmbeddingConfig(
        Path transformer,
        List<PoolingMode> pooling,
        boolean normalize,
        int maxTokens,
        boolean lowerCase,
        String prompt) {

    private static final String MODULES = "modules.json";

    /** Checks the values. */
    public EmbeddingConfig {
        pooling = List.copyOf(pooling);
        if (pooling.isEmpty()) {
            throw new PeftException("embeddings need at least one pooling mode.");
        }
        if (maxTokens < 0) {
            throw new PeftException("maxTokens must not be negative but is " + maxTokens + ".");
        }
    }

    /** Mean pooling without more: what sentence-transformers does with a plain checkpoint. */
    public static EmbeddingConfig mean(Path transformer) {
        return new EmbeddingConfig(transformer, List.of(PoolingMode.MEAN), false, 0, false, "");
    }

    /** The same with vectors of length 1. */
    public EmbeddingConfig normalized() {
        return new EmbeddingConfig(transformer, pooling, true, maxTokens, lowerCase, prompt);
    }

    /** The same with other pooling. */
    public EmbeddingConfig withPooling(PoolingMode... modes) {
        return new EmbeddingConfig(
                transformer, List.of(modes), normalize, maxTokens, lowerCase, prompt);
    }

    /**
     * Reads {@code modules.json} and what it names: {@code sentence_bert_config.json} beside the
     * transformer, the pooling's {@code config.json}, and the default prompt of {@code
     * config_sentence_transformers.json}. Without {@code modules.json} it is {@link #mean}.
     *
     * @throws BadFileException if a file is malformed, or there is a module of another kind than
     *     Transformer, Pooling and Normalize
     */
    public static EmbeddingConfig read(Path directory) {
        Path file = directory.resolve(MODULES);
        if (!Files.exists(file)) {
            return mean(directory);
        }
        EmbeddingConfig config = mean(directory).withPrompt(prompt(directory));
        for (JsonFields module : modules(file)) {
            config = config.with(directory, module);
        }
        return config;
    }

    private EmbeddingConfig with(Path directory, JsonFields module) {
        String type = module.string("type");
        Path folder = directory.resolve(module.string("path")).normalize();
        if (!folder.startsWith(directory.normalize())) {
            throw module.mustBe("path", "inside the directory");
        }
        return switch (type.substring(type.lastIndexOf('.') + 1)) {
            case "Transformer" -> withTransformer(folder);
            case "Pooling" -> withPooling(JsonFields.read(folder.resolve("config.json")));
            case "Normalize" -> normalized();
            default -> throw module.mustBe("type", "Transformer, Pooling or Normalize");
        };
    }

    private EmbeddingConfig withTransformer(Path folder) {
        Path file = folder.resolve("sentence_bert_config.json");
        if (!Files.exists(file)) {
            return new EmbeddingConfig(folder, pooling, normalize, 0, false, prompt);
        }
        JsonFields settings = JsonFields.read(file);
        return new EmbeddingConfig(
                folder,
                pooling,
                normalize,
                settings.optionalPositiveInt("max_seq_length").orElse(0),
                settings.optionalBool("do_lower_case").orElse(false),
                prompt);
    }

    private EmbeddingConfig withPooling(JsonFields config) {
        if (!prompt.isEmpty() && !config.optionalBool("include_prompt").orElse(true)) {
            throw config.mustBe("include_prompt", "true where there is a default prompt");
        }
        return withPooling(modes(config).toArray(new PoolingMode[0]));
    }

    private EmbeddingConfig withPrompt(String text) {
        return new EmbeddingConfig(transformer, pooling, normalize, maxTokens, lowerCase, text);
    }

    private static List<PoolingMode> modes(JsonFields config) {
        String key = "pooling_mode";
        if (config.has(key)) {
            boolean several = config.object().get(key).isJsonArray();
            List<String> names = several ? config.strings(key) : List.of(config.string(key));
            List<PoolingMode> modes = new ArrayList<>();
            for (String name : names) {
                modes.add(
                        PoolingMode.named(name)
                                .orElseThrow(
                                        () ->
                                                config.mustBe(
                                                        key,
                                                        "of "
                                                                + String.join(
                                                                        ", ",
                                                                        PoolingMode.names()))));
            }
            return modes;
        }
        List<PoolingMode> flagged =
                Arrays.stream(PoolingMode.values())
                        .filter(mode -> config.optionalBool(mode.flag()).orElse(false))
                        .toList();
        return flagged.isEmpty() ? List.of(PoolingMode.MEAN) : flagged;
    }

    private static String prompt(Path directory) {
        Path file = directory.resolve("config_sentence_transformers.json");
        if (!Files.exists(file)) {
            return "";
        }
        JsonFields config = JsonFields.read(file);
        Optional<String> name = config.optionalString("default_prompt_name");
        return name.isEmpty() ? "" : config.object("prompts").string(name.get());
    }

    /** The file is a list; it is read as the one value of an object. */
    private static List<JsonFields> modules(Path file) {
        String key = "modules";
        JsonFields whole = JsonFields.of(file, JsonFiles.parse(file, wrapped(file, key)));
        List<JsonFields> modules = new ArrayList<>();
        if (whole.object().get(key) instanceof JsonArray array) {
            for (JsonElement element : array) {
                if (element instanceof JsonObject module) {
                    modules.add(JsonFields.of(file, module));
                }
            }
            if (modules.size() == array.size()) {
                return modules;
            }
        }
        throw whole.mustBe(key, "a list of objects");
    }

    private static String wrapped(Path file, String key) {
        try {
            return "{\"" + key + "\":" + Files.readString(file) + "}";
        } catch (IOException e) {
            throw new BadFileException(
                    file, "cannot be read: " + e.getMessage(), "Download it again", e);
        }
    }
}
