package org.peft4j.transformers.families.bart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.CrossAttention;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/**
 * BART's encoder or decoder: embedded tokens, learned positions with a norm, then layers whose
 * norms come last.
 *
 * @param tokens embeds the ids
 * @param input where methods change the embedded sequence
 * @param entrance positions and a norm
 * @param layers in order
 */
record BartSide(
        TokenEmbedding tokens,
        InputPoint input,
        BartEntrance entrance,
        List<SequentialLayer> layers) {

    /** The epsilon of all norms: torch's default, which no config changes. */
    static final double EPSILON = 1e-5;

    /**
     * Makes one side.
     *
     * @param path of the encoder or the decoder
     * @param kind which of the two
     * @param tokens embeds its ids
     */
    static BartSide of(
            Modules modules,
            BartConfig config,
            BartConfig.Side side,
            String path,
            InputPoint.Kind kind,
            TokenEmbedding tokens) {
        InputPoint input = modules.input(path, kind, tokens);
        BartEntrance entrance = BartEntrance.of(modules, config, path);
        boolean decodes = kind == InputPoint.Kind.DECODER;
        List<SequentialLayer> layers =
                IntStream.range(0, side.layers())
                        .mapToObj(i -> layer(modules, config, side, path, i, decodes))
                        .toList();
        return new BartSide(tokens, input, entrance, layers);
    }

    private static SequentialLayer layer(
            Modules modules,
            BartConfig config,
            BartConfig.Side side,
            String sidePath,
            int number,
            boolean decodes) {
        String path = sidePath + ".layers." + number;
        int index = decodes ? config.encoder().layers() + number : number;
        int width = config.width();
        int headDim = width / side.heads();
        List<Sublayer> sublayers = new ArrayList<>();
        String self = path + ".self_attn";
        AttentionPoint selfPoint = modules.selfAttention(self, side.heads(), side.heads(), headDim);
        SelfAttention selfAttention =
                new SelfAttention(
                        square(modules, width, self + ".q_proj", LinearRole.QUERY),
                        square(modules, width, self + ".k_proj", LinearRole.KEY),
                        square(modules, width, self + ".v_proj", LinearRole.VALUE),
                        AttentionCore.of(selfPoint),
                        square(modules, width, self + ".out_proj", LinearRole.ATTENTION_OUTPUT));
        sublayers.add(
                Sublayer.of(
                        null,
                        selfAttention,
                        point(
                                modules,
                                width,
                                SublayerPoint.Kind.ATTENTION,
                                self,
                                self + "_layer_norm",
                                path,
                                index)));
        if (decodes) {
            String cross = path + ".encoder_attn";
            CrossAttention crossAttention =
                    new CrossAttention(
                            square(modules, width, cross + ".q_proj", LinearRole.QUERY),
                            square(modules, width, cross + ".k_proj", LinearRole.KEY),
                            square(modules, width, cross + ".v_proj", LinearRole.VALUE),
                            AttentionCore.of(modules.crossAttention(cross, side.heads(), headDim)),
                            square(
                                    modules,
                                    width,
                                    cross + ".out_proj",
                                    LinearRole.ATTENTION_OUTPUT));
            sublayers.add(
                    Sublayer.of(
                            null,
                            crossAttention,
                            point(
                                    modules,
                                    width,
                                    SublayerPoint.Kind.CROSS_ATTENTION,
                                    cross,
                                    cross + "_layer_norm",
                                    path,
                                    index)));
        }
        FeedForward feedForward = feedForward(modules, config, side, path);
        sublayers.add(
                Sublayer.of(
                        null,
                        feedForward,
                        point(
                                modules,
                                width,
                                SublayerPoint.Kind.FEED_FORWARD,
                                path,
                                path + ".final_layer_norm",
                                path,
                                index)));
        return new SequentialLayer(sublayers);
    }

    private static FeedForward feedForward(
            Modules modules, BartConfig config, BartConfig.Side side, String path) {
        int width = config.width();
        int inner = side.innerWidth();
        return new FeedForward(
                modules.linear(path + ".fc1", LinearRole.FEED_FORWARD_UP, inner, width, true),
                config.activation(),
                modules.linear(path + ".fc2", LinearRole.FEED_FORWARD_DOWN, width, inner, true));
    }

    private static LinearPoint square(Modules modules, int width, String path, LinearRole role) {
        return modules.linear(path, role, width, width, true);
    }

    private static SublayerPoint point(
            Modules modules,
            int width,
            SublayerPoint.Kind kind,
            String path,
            String norm,
            String layer,
            int index) {
        return modules.sublayer(
                path,
                kind,
                width,
                modules.adapters(layer, index, kind),
                modules.layerNorm(norm, width, EPSILON));
    }
}
