package org.peft4j.transformers.families.gemma;

import java.util.OptionalInt;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.parts.Epsilons;
import org.peft4j.transformers.parts.RotaryDecoder;
import org.peft4j.transformers.parts.layers.Activations;
import org.peft4j.transformers.parts.layers.HeadShape;
import org.peft4j.transformers.parts.layers.LayerWindows;
import org.peft4j.transformers.parts.rotary.RotaryKeys;

/**
 * The {@code config.json} of the Gemma family, with the defaults of {@code transformers}.
 *
 * @param decoder what is around the layers
 * @param heads the heads of the attention
 * @param intermediateSize the width of the feed-forward
 * @param activation of its gate
 * @param epsilon {@code rms_norm_eps}
 * @param bias {@code attention_bias}
 * @param outputNorms whether sublayers have norms behind them
 * @param scale the factor on the scores of the attention
 * @param scoreCap {@code attn_logit_softcapping}; 0 for none
 * @param logitCap {@code final_logit_softcapping}; 0 for none
 */
public record GemmaConfig(
        RotaryDecoder decoder,
        HeadShape heads,
        int intermediateSize,
        Activation activation,
        double epsilon,
        boolean bias,
        boolean outputNorms,
        double scale,
        double scoreCap,
        double logitCap) {

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static GemmaConfig read(JsonFields config) {
        boolean second = config.string("model_type").equals("gemma2");
        HeadShape heads =
                HeadShape.grouped(config, OptionalInt.of(second ? 4 : 16), OptionalInt.of(256));
        if (config.optionalBool("use_bidirectional_attention").orElse(false)) {
            throw config.mustBe(
                    "use_bidirectional_attention", "false, since a decoder reads from the left,");
        }
        return new GemmaConfig(
                RotaryDecoder.read(
                        config,
                        heads.headDim(),
                        new RotaryDecoder.Defaults(8_192, true, RotaryKeys.WHOLE_HEAD),
                        layers ->
                                second
                                        ? LayerWindows.byType(
                                                config,
                                                layers,
                                                LayerWindows.window(config, 4_096),
                                                i -> i % 2 == 0,
                                                "sliding_window")
                                        : LayerWindows.none(layers)),
                heads,
                config.positiveInt("intermediate_size"),
                second
                        ? Activations.read(config, "hidden_activation", "gelu_pytorch_tanh")
                        : firstActivation(config),
                Epsilons.read(config, "rms_norm_eps", 1e-6),
                config.optionalBool("attention_bias").orElse(false),
                second,
                1 / Math.sqrt(second ? queryScalar(config) : heads.headDim()),
                second ? cap(config, "attn_logit_softcapping", 50) : 0,
                second ? cap(config, "final_logit_softcapping", 30) : 0);
    }

    /** The first configs said gelu and meant its approximation by tanh. */
    private static Activation firstActivation(JsonFields config) {
        Activation named = Activations.read(config, "hidden_act", "gelu_pytorch_tanh");
        return named == Activation.GELU ? Activation.GELU_TANH : named;
    }

    private static double queryScalar(JsonFields config) {
        String key = "query_pre_attn_scalar";
        double scalar = config.optionalNumber(key).orElse(256);
        if (!(scalar > 0)) {
            throw config.mustBe(key, "a positive number");
        }
        return scalar;
    }

    /** An absent cap is the usual one, and null is none. */
    private static double cap(JsonFields config, String key, double usual) {
        double cap = config.optionalNumber(key).orElse(config.object().has(key) ? 0 : usual);
        if (config.has(key) && !(cap > 0)) {
            throw config.mustBe(key, "a positive number, or null for none");
        }
        return cap;
    }
}
