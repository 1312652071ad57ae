package org.peft4j.transformers.families.opt;

import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.layers.Activations;
import org.peft4j.transformers.parts.layers.HeadShape;

/**
 * The {@code config.json} of OPT, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param positions {@code max_position_embeddings}
 * @param embeddingSize {@code word_embed_proj_dim}, the width of an embedding
 * @param hiddenSize the width of the residual stream
 * @param layers {@code num_hidden_layers}
 * @param heads the heads of the attention
 * @param intermediateSize {@code ffn_dim}
 * @param activation of the feed-forward
 * @param normFirst {@code do_layer_norm_before}: whether sublayers read through their norm, or the
 *     norm comes behind the sum
 * @param lastNorm whether there is a norm behind the last layer
 * @param affine {@code layer_norm_elementwise_affine}: whether norms have weights
 * @param bias {@code enable_bias}: whether linears have biases
 * @param tied whether the head is the embedding table
 * @param initializerRange {@code init_std}, the standard deviation of fresh weights
 */
public record OptConfig(
        int vocabularySize,
        int positions,
        int embeddingSize,
        int hiddenSize,
        int layers,
        HeadShape heads,
        int intermediateSize,
        Activation activation,
        boolean normFirst,
        boolean lastNorm,
        boolean affine,
        boolean bias,
        boolean tied,
        double initializerRange) {

    /** What keeps the root of every norm away from zero. */
    private static final double EPSILON = 1e-5;

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static OptConfig read(JsonFields config) {
        int hiddenSize = config.positiveInt("hidden_size");
        boolean normFirst = config.optionalBool("do_layer_norm_before").orElse(true);
        return new OptConfig(
                config.positiveInt("vocab_size"),
                config.optionalPositiveInt("max_position_embeddings").orElse(2_048),
                config.optionalPositiveInt("word_embed_proj_dim").orElse(hiddenSize),
                hiddenSize,
                config.positiveInt("num_hidden_layers"),
                HeadShape.equal(config, "num_attention_heads", "hidden_size"),
                config.positiveInt("ffn_dim"),
                Activations.read(config, "activation_function", "relu"),
                normFirst,
                normFirst && !config.optionalBool("_remove_final_layer_norm").orElse(false),
                config.optionalBool("layer_norm_elementwise_affine").orElse(true),
                config.optionalBool("enable_bias").orElse(true),
                config.optionalBool("tie_word_embeddings").orElse(true),
                config.optionalNumber("init_std").orElse(0.02));
    }

    /** Makes a norm at a path. */
    NormPoint norm(Modules modules, String path) {
        return affine
                ? modules.layerNorm(path, hiddenSize, EPSILON)
                : modules.bareLayerNorm(path, hiddenSize, EPSILON);
    }

    /** Returns whether embeddings have another width than the residual stream. */
    boolean projects() {
        return embeddingSize != hiddenSize;
    }
}
