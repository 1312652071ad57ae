package org.peft4j.transformers.families.t5;

import org.peft4j.core.BadFileException;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.Epsilons;
import org.peft4j.transformers.parts.layers.Activations;

/**
 * The {@code config.json} of T5, with the defaults of {@code transformers}.
 *
 * @param vocabularySize {@code vocab_size}
 * @param width {@code d_model}, of the residual stream
 * @param headDim {@code d_kv}
 * @param innerWidth {@code d_ff}, of the feed-forward
 * @param encoderLayers {@code num_layers}
 * @param decoderLayers {@code num_decoder_layers}, by default as many
 * @param heads {@code num_heads}
 * @param buckets {@code relative_attention_num_buckets}
 * @param distance {@code relative_attention_max_distance}
 * @param epsilon {@code layer_norm_epsilon}
 * @param activation of the feed-forward
 * @param gated whether the feed-forward is gated
 * @param scaled whether the head reads hidden states times 1/√width, as in v1.0
 * @param start what the decoder begins with
 * @param endId {@code eos_token_id}
 * @param factor {@code initializer_factor}, of fresh weights
 */
public record T5Config(
        int vocabularySize,
        int width,
        int headDim,
        int innerWidth,
        int encoderLayers,
        int decoderLayers,
        int heads,
        int buckets,
        int distance,
        double epsilon,
        Activation activation,
        boolean gated,
        boolean scaled,
        DecoderStart start,
        int endId,
        double factor) {

    private static final String GATED = "gated-";
    private static final String ACTIVATION = "dense_act_fn";
    private static final String GATING = "is_gated_act";

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static T5Config read(JsonFields config) {
        boolean multilingual = config.string("model_type").equals("mt5");
        int layers = config.positiveInt("num_layers");
        int padId = config.optionalInt("pad_token_id").orElse(0);
        String projection =
                config.optionalString("feed_forward_proj")
                        .orElse(multilingual ? "gated-gelu" : "relu");
        return new T5Config(
                config.positiveInt("vocab_size"),
                config.positiveInt("d_model"),
                config.positiveInt("d_kv"),
                config.positiveInt("d_ff"),
                layers,
                config.optionalPositiveInt("num_decoder_layers").orElse(layers),
                config.positiveInt("num_heads"),
                buckets(config),
                distance(config),
                Epsilons.read(config, "layer_norm_epsilon", 1e-6),
                activation(config, projection),
                gated(config, projection),
                !multilingual && scaled(config),
                new DecoderStart(config.optionalInt("decoder_start_token_id").orElse(padId), padId),
                config.optionalInt("eos_token_id").orElse(1),
                config.optionalNumber("initializer_factor").orElse(1.0));
    }

    /**
     * {@code dense_act_fn} wins, which transformers derives from {@code feed_forward_proj} where a
     * file has none. The gated gelu of the latter is the one by tanh, whatever its name says.
     */
    private static Activation activation(JsonFields config, String projection) {
        if (config.object().has(ACTIVATION)) {
            return Activations.read(config, ACTIVATION, "");
        }
        if (projection.equals("gated-gelu")) {
            return Activation.GELU_TANH;
        }
        return Activations.find(projection.substring(projection.indexOf('-') + 1))
                .orElseThrow(() -> wrongProjection(config));
    }

    private static boolean gated(JsonFields config, String projection) {
        boolean gated = projection.startsWith(GATED);
        if (projection.lastIndexOf('-') >= (gated ? GATED.length() : 0)) {
            throw wrongProjection(config);
        }
        return config.object().has(GATING)
                ? config.optionalBool(GATING).orElse(false) // null is false in Python
                : gated;
    }

    private static BadFileException wrongProjection(JsonFields config) {
        return config.mustBe(
                "feed_forward_proj", "an activation such as relu, or gated- and an activation,");
    }

    /**
     * Up to transformers 4, a tied head and scaled states were one setting; later a head is tied
     * where the file holds none.
     */
    private static boolean scaled(JsonFields config) {
        boolean tied = config.optionalBool("tie_word_embeddings").orElse(true);
        return config.optionalBool("scale_decoder_outputs").orElse(tied);
    }

    private static int buckets(JsonFields config) {
        String key = "relative_attention_num_buckets";
        int buckets = config.optionalPositiveInt(key).orElse(32);
        if (buckets < 4) {
            throw config.mustBe(key, "at least 4");
        }
        return buckets;
    }

    private static int distance(JsonFields config) {
        String key = "relative_attention_max_distance";
        int distance = config.optionalPositiveInt(key).orElse(128);
        int exact = buckets(config) / 2;
        if (distance <= exact) {
            throw config.mustBe(key, "more than half of relative_attention_num_buckets, " + exact);
        }
        return distance;
    }
}
