package org.peft4j.transformers.families.bart;

import org.peft4j.core.BadFileException;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.layers.Activations;

/**
 * The {@code config.json} of BART, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param width {@code d_model}, of the residual stream
 * @param encoder the sizes of the encoder
 * @param decoder the sizes of the decoder
 * @param maxPositions {@code max_position_embeddings}
 * @param activation {@code activation_function} of the feed-forward
 * @param scaled {@code scale_embedding}: whether embeddings are multiplied by √width
 * @param tied whether the head is the embedding table
 * @param start what the decoder begins with
 * @param endId {@code eos_token_id}
 * @param deviation {@code init_std}, of fresh weights
 */
public record BartConfig(
        int vocabularySize,
        int width,
        Side encoder,
        Side decoder,
        int maxPositions,
        Activation activation,
        boolean scaled,
        boolean tied,
        DecoderStart start,
        int endId,
        double deviation) {

    /**
     * The sizes of an encoder or a decoder.
     *
     * @param layers how many
     * @param heads of each attention
     * @param innerWidth of the feed-forward
     */
    public record Side(int layers, int heads, int innerWidth) {

        private static Side read(JsonFields config, String side, int width) {
            String heads = side + "_attention_heads";
            if (width % config.positiveInt(heads) != 0) {
                throw config.mustBe(heads, "a divisor of d_model, " + width + ",");
            }
            return new Side(
                    config.positiveInt(side + "_layers"),
                    config.positiveInt(heads),
                    config.positiveInt(side + "_ffn_dim"));
        }
    }

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static BartConfig read(JsonFields config) {
        int width = config.positiveInt("d_model");
        return new BartConfig(
                config.positiveInt("vocab_size"),
                width,
                Side.read(config, "encoder", width),
                Side.read(config, "decoder", width),
                config.optionalPositiveInt("max_position_embeddings").orElse(1_024),
                Activations.read(config, "activation_function", "gelu"),
                config.optionalBool("scale_embedding").orElse(false),
                config.optionalBool("tie_word_embeddings").orElse(true),
                new DecoderStart(
                        config.optionalInt("decoder_start_token_id").orElse(2),
                        config.optionalInt("pad_token_id").orElse(1)),
                config.optionalInt("eos_token_id").orElse(2),
                config.optionalNumber("init_std").orElse(0.02));
    }
}
