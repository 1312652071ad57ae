package org.peft4j.transformers.families.bert;

import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.Epsilons;
import org.peft4j.transformers.parts.layers.Activations;

/**
 * The {@code config.json} of BERT and RoBERTa, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param hiddenSize the width of the residual stream
 * @param intermediateSize the width of the feed-forward
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}
 * @param activation {@code hidden_act}
 * @param positions rows of the table of positions, {@code max_position_embeddings}
 * @param types rows of the table of token types, {@code type_vocab_size}
 * @param padId {@code pad_token_id}
 * @param epsilon {@code layer_norm_eps}
 * @param initializerRange the standard deviation of fresh weights
 */
public record BertConfig(
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        Activation activation,
        int positions,
        int types,
        int padId,
        double epsilon,
        double initializerRange) {

    /**
     * Reads and checks a config.
     *
     * @param padByDefault the padding id where the config has none
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static BertConfig read(JsonFields config, int padByDefault) {
        int hiddenSize = config.positiveInt("hidden_size");
        int heads = config.positiveInt("num_attention_heads");
        if (hiddenSize % heads != 0) {
            throw config.mustBe("hidden_size", "a multiple of num_attention_heads, " + heads + ",");
        }
        requireEncoder(config);
        return new BertConfig(
                config.positiveInt("vocab_size"),
                hiddenSize,
                config.positiveInt("intermediate_size"),
                config.positiveInt("num_hidden_layers"),
                heads,
                Activations.read(config, "hidden_act", "gelu"),
                config.optionalPositiveInt("max_position_embeddings").orElse(512),
                config.optionalPositiveInt("type_vocab_size").orElse(2),
                padId(config, padByDefault),
                Epsilons.read(config, "layer_norm_eps", 1e-12),
                config.optionalNumber("initializer_range").orElse(0.02));
    }

    private static void requireEncoder(JsonFields config) {
        if (config.optionalBool("is_decoder").orElse(false)) {
            throw config.mustBe("is_decoder", "false: this family is read as an encoder, so it");
        }
        String positions = "position_embedding_type";
        if (!config.optionalString(positions).orElse("absolute").equals("absolute")) {
            throw config.mustBe(positions, "absolute");
        }
    }

    private static int padId(JsonFields config, int absent) {
        int padId = config.optionalInt("pad_token_id").orElse(absent);
        if (padId < 0) {
            throw config.mustBe("pad_token_id", "an id from 0 up");
        }
        return padId;
    }
}
