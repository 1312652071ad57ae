package org.peft4j.transformers.llama;

import java.util.Collections;
import java.util.List;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.transformers.parts.AttentionMask;
import org.peft4j.transformers.parts.RotaryScaling;

/**
 * The {@code config.json} of the Llama family, with the defaults of {@code transformers}.
 *
 * @param modelType {@code llama}, {@code mistral} or {@code qwen2}
 * @param vocabularySize {@code vocab_size}
 * @param hiddenSize the width of the residual stream
 * @param intermediateSize the width of the feed-forward
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}
 * @param keyValueHeads {@code num_key_value_heads}; fewer than heads in grouped-query attention
 * @param headDim the width of a head
 * @param epsilon {@code rms_norm_eps}
 * @param rope rotary embeddings
 * @param projectionBias whether queries, keys and values have biases
 * @param outputBias whether the attention's output projection has one
 * @param feedForwardBias {@code mlp_bias}
 * @param tied whether the head is the embedding table
 * @param maxPositions the positions of pretraining
 * @param initializerRange the standard deviation of fresh weights
 * @param windows for each layer, how many keys a query sees; {@link AttentionMask#NO_WINDOW} for
 *     all
 */
public record LlamaConfig(
        String modelType,
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headDim,
        double epsilon,
        RotaryScaling.Settings rope,
        boolean projectionBias,
        boolean outputBias,
        boolean feedForwardBias,
        boolean tied,
        int maxPositions,
        double initializerRange,
        List<Integer> windows) {

    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    /** Copies the list. */
    public LlamaConfig {
        windows = List.copyOf(windows);
    }

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static LlamaConfig read(JsonFields config) {
        String modelType = config.string("model_type");
        boolean llama = modelType.equals("llama");
        int hiddenSize = config.positiveInt("hidden_size");
        int heads = config.positiveInt("num_attention_heads");
        int layers = config.positiveInt("num_hidden_layers");
        requireSilu(config);
        int maxPositions =
                config.optionalPositiveInt("max_position_embeddings")
                        .orElse(maxPositionsByDefault(modelType));
        boolean attentionBias = llama && config.optionalBool("attention_bias").orElse(false);
        return new LlamaConfig(
                modelType,
                config.positiveInt("vocab_size"),
                hiddenSize,
                config.positiveInt("intermediate_size"),
                layers,
                heads,
                keyValueHeads(config, modelType, heads),
                headDim(config, hiddenSize, heads),
                epsilon(config),
                RotaryScaling.read(config, maxPositions),
                attentionBias || modelType.equals("qwen2"),
                attentionBias,
                llama && config.optionalBool("mlp_bias").orElse(false),
                config.optionalBool("tie_word_embeddings").orElse(false),
                maxPositions,
                config.optionalNumber("initializer_range").orElse(0.02),
                windows(config, modelType, layers));
    }

    private static int maxPositionsByDefault(String modelType) {
        return switch (modelType) {
            case "mistral" -> 131_072;
            case "qwen2" -> 32_768;
            default -> 2_048;
        };
    }

    private static void requireSilu(JsonFields config) {
        String activation = config.optionalString("hidden_act").orElse("silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.mustBe("hidden_act", "silu for this family");
        }
    }

    private static int keyValueHeads(JsonFields config, String modelType, int heads) {
        String key = "num_key_value_heads";
        int absent =
                config.object().has(key)
                        ? heads
                        : switch (modelType) {
                            case "mistral" -> 8;
                            case "qwen2" -> 32;
                            default -> heads;
                        };
        int keyValueHeads = config.optionalPositiveInt(key).orElse(absent);
        if (heads % keyValueHeads != 0) {
            throw config.mustBe(key, "a divisor of num_attention_heads, " + heads + ",");
        }
        return keyValueHeads;
    }

    private static int headDim(JsonFields config, int hiddenSize, int heads) {
        if (!config.has("head_dim") && hiddenSize % heads != 0) {
            throw config.mustBe("hidden_size", "a multiple of num_attention_heads, " + heads + ",");
        }
        int headDim = config.optionalPositiveInt("head_dim").orElse(hiddenSize / heads);
        if (headDim % 2 != 0) {
            throw config.mustBe(
                    config.has("head_dim") ? "head_dim" : "hidden_size",
                    "such that a head is of even width, since pairs are rotated,");
        }
        return headDim;
    }

    private static double epsilon(JsonFields config) {
        double epsilon = config.has("rms_norm_eps") ? config.number("rms_norm_eps") : 1e-6;
        if (!(epsilon > 0 && epsilon < 1)) {
            throw config.mustBe("rms_norm_eps", "between 0 and 1");
        }
        return epsilon;
    }

    private static List<Integer> windows(JsonFields config, String modelType, int layers) {
        return switch (modelType) {
            case "mistral" -> Collections.nCopies(layers, slidingWindow(config));
            case "qwen2" -> qwenWindows(config, layers);
            default -> Collections.nCopies(layers, AttentionMask.NO_WINDOW);
        };
    }

    /** An absent window is 4096 and a null one none, as {@code transformers} takes them. */
    private static int slidingWindow(JsonFields config) {
        int absent = config.object().has("sliding_window") ? AttentionMask.NO_WINDOW : 4_096;
        return config.optionalPositiveInt("sliding_window").orElse(absent);
    }

    private static List<Integer> qwenWindows(JsonFields config, int layers) {
        int window =
                config.optionalBool("use_sliding_window").orElse(false)
                        ? slidingWindow(config)
                        : AttentionMask.NO_WINDOW;
        List<String> types = config.optionalStrings("layer_types").orElse(List.of());
        if (types.isEmpty()) {
            int first = config.optionalInt("max_window_layers").orElse(28);
            return java.util.stream.IntStream.range(0, layers)
                    .mapToObj(i -> i >= first ? window : AttentionMask.NO_WINDOW)
                    .toList();
        }
        if (types.size() != layers) {
            throw config.mustBe("layer_types", "a list of " + layers + " types, one a layer,");
        }
        return types.stream().map(type -> window(config, type, window)).toList();
    }

    private static int window(JsonFields config, String type, int window) {
        boolean slides = type.equals(SLIDING);
        if (!slides && !type.equals(FULL)) {
            throw config.mustBe("layer_types", "a list of " + FULL + " and " + SLIDING);
        }
        if (slides && window == AttentionMask.NO_WINDOW) {
            throw config.mustBe(
                    "use_sliding_window",
                    "true, with a sliding_window, since layer_types names " + SLIDING + ",");
        }
        return slides ? window : AttentionMask.NO_WINDOW;
    }
}
