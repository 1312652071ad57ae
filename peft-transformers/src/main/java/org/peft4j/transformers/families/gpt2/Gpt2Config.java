package org.peft4j.transformers.families.gpt2;

import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.Epsilons;
import org.peft4j.transformers.parts.layers.Activations;
import org.peft4j.transformers.parts.layers.HeadShape;

/**
 * The {@code config.json} of GPT-2, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param positions {@code n_positions}, the rows of the table of positions
 * @param hiddenSize {@code n_embd}
 * @param layers {@code n_layer}
 * @param heads the heads of the attention
 * @param intermediateSize {@code n_inner}, the width of the feed-forward
 * @param activation {@code activation_function}
 * @param epsilon {@code layer_norm_epsilon}
 * @param scaled {@code scale_attn_weights}: whether scores are divided by √d
 * @param scaledByLayer {@code scale_attn_by_inverse_layer_idx}: whether scores are divided by the
 *     number of the layer, from 1
 * @param tied whether the head is the embedding table
 * @param initializerRange the standard deviation of fresh weights
 */
public record Gpt2Config(
        int vocabularySize,
        int positions,
        int hiddenSize,
        int layers,
        HeadShape heads,
        int intermediateSize,
        Activation activation,
        double epsilon,
        boolean scaled,
        boolean scaledByLayer,
        boolean tied,
        double initializerRange) {

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static Gpt2Config read(JsonFields config) {
        if (config.optionalBool("add_cross_attention").orElse(false)) {
            throw config.mustBe("add_cross_attention", "false, since there is no encoder to read,");
        }
        int hiddenSize = config.positiveInt("n_embd");
        return new Gpt2Config(
                config.positiveInt("vocab_size"),
                config.optionalPositiveInt("n_positions").orElse(1_024),
                hiddenSize,
                config.positiveInt("n_layer"),
                HeadShape.equal(config, "n_head", "n_embd"),
                config.optionalPositiveInt("n_inner").orElse(4 * hiddenSize),
                Activations.read(config, "activation_function", "gelu_new"),
                Epsilons.read(config, "layer_norm_epsilon", 1e-5),
                config.optionalBool("scale_attn_weights").orElse(true),
                config.optionalBool("scale_attn_by_inverse_layer_idx").orElse(false),
                config.optionalBool("tie_word_embeddings").orElse(true),
                config.optionalNumber("initializer_range").orElse(0.02));
    }

    /** Returns the factor on the scores of a layer's attention, counted from 0. */
    double scale(int layer) {
        double scale = scaled ? 1 / Math.sqrt(heads.headDim()) : 1;
        return scaledByLayer ? scale / (layer + 1) : scale;
    }
}
