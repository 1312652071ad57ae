package org.peft4j.transformers.families.phi3;

import java.util.Map;
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
 * The {@code config.json} of Phi-3, with the defaults of {@code transformers}.
 *
 * @param decoder what is around the layers
 * @param heads the heads of the attention
 * @param intermediateSize the width of the feed-forward
 * @param activation of its gate
 * @param epsilon {@code rms_norm_eps}
 */
public record Phi3Config(
        RotaryDecoder decoder,
        HeadShape heads,
        int intermediateSize,
        Activation activation,
        double epsilon) {

    /** LongRoPE had other names at first. */
    private static final RotaryKeys ROPE =
            new RotaryKeys(
                    "rope_theta",
                    "partial_rotary_factor",
                    1,
                    4_096,
                    Map.of("su", "longrope", "yarn", "longrope"));

    /**
     * Reads and checks a config.
     *
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static Phi3Config read(JsonFields config) {
        HeadShape heads = HeadShape.grouped(config, OptionalInt.empty(), OptionalInt.empty());
        return new Phi3Config(
                RotaryDecoder.read(
                        config,
                        heads.headDim(),
                        new RotaryDecoder.Defaults(4_096, false, ROPE),
                        layers ->
                                LayerWindows.same(
                                        layers,
                                        LayerWindows.window(config, AttentionMask.NO_WINDOW))),
                heads,
                config.positiveInt("intermediate_size"),
                Activations.read(config, "hidden_act", "silu"),
                Epsilons.read(config, "rms_norm_eps", 1e-5));
    }
}
