package org.peft4j.transformers.families.distilbert;

import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.layers.Activations;

/**
 * The {@code config.json} of DistilBERT, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param width the width of the residual stream, {@code dim}
 * @param inner the width of the feed-forward, {@code hidden_dim}
 * @param layers {@code n_layers}
 * @param heads {@code n_heads}
 * @param activation {@code activation}
 * @param positions {@code max_position_embeddings}
 * @param initializerRange the standard deviation of fresh weights
 */
public record DistilBertConfig(
        int vocabularySize,
        int width,
        int inner,
        int layers,
        int heads,
        Activation activation,
        int positions,
        double initializerRange) {

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static DistilBertConfig read(JsonFields config) {
        int width = config.positiveInt("dim");
        int heads = config.positiveInt("n_heads");
        if (width % heads != 0) {
            throw config.mustBe("dim", "a multiple of n_heads, " + heads + ",");
        }
        return new DistilBertConfig(
                config.positiveInt("vocab_size"),
                width,
                config.positiveInt("hidden_dim"),
                config.positiveInt("n_layers"),
                heads,
                Activations.read(config, "activation", "gelu"),
                config.optionalPositiveInt("max_position_embeddings").orElse(512),
                config.optionalNumber("initializer_range").orElse(0.02));
    }
}
