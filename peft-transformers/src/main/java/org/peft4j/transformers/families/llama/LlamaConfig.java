package org.peft4j.transformers.families.llama;

import java.util.List;
import java.util.OptionalInt;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.Epsilons;
import org.peft4j.transformers.parts.RotaryDecoder;
import org.peft4j.transformers.parts.layers.Activations;
import org.peft4j.transformers.parts.layers.AttentionMask;
import org.peft4j.transformers.parts.layers.HeadShape;
import org.peft4j.transformers.parts.layers.LayerWindows;
import org.peft4j.transformers.parts.rotary.RotaryKeys;

/**
 * The {@code config.json} of the Llama family, with the defaults of {@code transformers}.
 *
 * @param modelType {@code llama}, {@code mistral}, {@code qwen2} or {@code qwen3}
 * @param decoder what is around the layers
 * @param heads the heads of the attention
 * @param intermediateSize the width of the feed-forward
 * @param activation of its gate
 * @param epsilon {@code rms_norm_eps}
 * @param projectionBias whether queries, keys and values have biases
 * @param outputBias whether the attention's output projection has one
 * @param feedForwardBias {@code mlp_bias}
 * @param headNorms whether each head of the queries and keys is normalised
 */
public record LlamaConfig(
        String modelType,
        RotaryDecoder decoder,
        HeadShape heads,
        int intermediateSize,
        Activation activation,
        double epsilon,
        boolean projectionBias,
        boolean outputBias,
        boolean feedForwardBias,
        boolean headNorms) {

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static LlamaConfig read(JsonFields config) {
        String modelType = config.string("model_type");
        boolean llama = modelType.equals("llama");
        boolean qwen3 = modelType.equals("qwen3");
        HeadShape heads =
                HeadShape.grouped(
                        config,
                        keyValueHeads(modelType),
                        qwen3 ? OptionalInt.of(128) : OptionalInt.empty());
        boolean attentionBias =
                (llama || qwen3) && config.optionalBool("attention_bias").orElse(false);
        RotaryDecoder.Defaults absent =
                new RotaryDecoder.Defaults(maxPositions(modelType), false, RotaryKeys.WHOLE_HEAD);
        return new LlamaConfig(
                modelType,
                RotaryDecoder.read(
                        config,
                        heads.headDim(),
                        absent,
                        layers -> windows(config, modelType, layers)),
                heads,
                config.positiveInt("intermediate_size"),
                Activations.read(config, "hidden_act", "silu"),
                Epsilons.read(config, "rms_norm_eps", 1e-6),
                attentionBias || modelType.equals("qwen2"),
                attentionBias,
                llama && config.optionalBool("mlp_bias").orElse(false),
                qwen3);
    }

    private static int maxPositions(String modelType) {
        return switch (modelType) {
            case "mistral" -> 131_072;
            case "qwen2", "qwen3" -> 32_768;
            default -> 2_048;
        };
    }

    private static OptionalInt keyValueHeads(String modelType) {
        return switch (modelType) {
            case "mistral" -> OptionalInt.of(8);
            case "qwen2", "qwen3" -> OptionalInt.of(32);
            default -> OptionalInt.empty();
        };
    }

    private static List<Integer> windows(JsonFields config, String modelType, int layers) {
        return switch (modelType) {
            case "mistral" -> LayerWindows.same(layers, LayerWindows.window(config, 4_096));
            case "qwen2", "qwen3" -> qwenWindows(config, layers);
            default -> LayerWindows.none(layers);
        };
    }

    private static List<Integer> qwenWindows(JsonFields config, int layers) {
        String key = "use_sliding_window";
        boolean slides = config.optionalBool(key).orElse(false);
        int window = slides ? LayerWindows.window(config, 4_096) : AttentionMask.NO_WINDOW;
        int first = config.optionalInt("max_window_layers").orElse(28);
        return LayerWindows.byType(
                config,
                layers,
                window,
                i -> window != AttentionMask.NO_WINDOW && i >= first,
                slides ? "sliding_window" : key);
    }
}
