package org.peft4j.transformers.families.gptneox;

import java.util.Map;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.Epsilons;
import org.peft4j.transformers.parts.layers.Activations;
import org.peft4j.transformers.parts.layers.HeadShape;
import org.peft4j.transformers.parts.rotary.RotaryKeys;
import org.peft4j.transformers.parts.rotary.RotarySettings;

/**
 * The {@code config.json} of GPT-NeoX, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param hiddenSize the width of the residual stream
 * @param layers {@code num_hidden_layers}
 * @param heads the heads of the attention
 * @param intermediateSize the width of the feed-forward
 * @param activation of the feed-forward
 * @param epsilon {@code layer_norm_eps}
 * @param rope rotary embeddings
 * @param maxPositions the positions of pretraining
 * @param parallel whether attention and feed-forward read the same stream
 * @param attentionBias whether the attention's projections have biases
 * @param tied whether the head is the embedding table
 * @param initializerRange the standard deviation of fresh weights
 */
public record GptNeoxConfig(
        int vocabularySize,
        int hiddenSize,
        int layers,
        HeadShape heads,
        int intermediateSize,
        Activation activation,
        double epsilon,
        RotarySettings rope,
        int maxPositions,
        boolean parallel,
        boolean attentionBias,
        boolean tied,
        double initializerRange) {

    private static final RotaryKeys ROPE =
            new RotaryKeys("rotary_emb_base", "rotary_pct", 0.25, 0, Map.of());

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static GptNeoxConfig read(JsonFields config) {
        HeadShape heads = HeadShape.equal(config, "num_attention_heads", "hidden_size");
        int maxPositions = config.optionalPositiveInt("max_position_embeddings").orElse(2_048);
        return new GptNeoxConfig(
                config.positiveInt("vocab_size"),
                config.positiveInt("hidden_size"),
                config.positiveInt("num_hidden_layers"),
                heads,
                config.positiveInt("intermediate_size"),
                Activations.read(config, "hidden_act", "gelu"),
                Epsilons.read(config, "layer_norm_eps", 1e-5),
                RotarySettings.read(config, maxPositions, heads.headDim(), ROPE),
                maxPositions,
                config.optionalBool("use_parallel_residual").orElse(true),
                config.optionalBool("attention_bias").orElse(true),
                config.optionalBool("tie_word_embeddings").orElse(false),
                config.optionalNumber("initializer_range").orElse(0.02));
    }
}
