package org.peft4j.transformers.families.t5;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.CrossAttention;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.GatedFeedForward;
import org.peft4j.transformers.parts.layers.RelativePositions;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/**
 * The layers of T5's encoder or decoder: norms come first, scores are not scaled, and positions are
 * a bias on them that the first layer holds for all.
 *
 * @param layers in order
 * @param positions the bias
 */
record T5Layers(List<SequentialLayer> layers, RelativePositions positions) {

    /**
     * Makes the layers.
     *
     * @param path of the encoder or the decoder
     * @param count how many
     * @param before how many layers the model has before these
     * @param decodes whether they attend to an encoder, and positions to earlier ones only
     */
    static T5Layers of(
            Modules modules, T5Config config, String path, int count, int before, boolean decodes) {
        List<SequentialLayer> layers =
                IntStream.range(0, count)
                        .mapToObj(
                                i ->
                                        layer(
                                                modules,
                                                config,
                                                path + ".block." + i,
                                                before + i,
                                                decodes))
                        .toList();
        RelativePositions positions =
                new RelativePositions(
                        modules.embedding(
                                path + ".block.0.layer.0.SelfAttention.relative_attention_bias",
                                config.buckets(),
                                config.heads()),
                        config.distance(),
                        !decodes);
        return new T5Layers(layers, positions);
    }

    private static SequentialLayer layer(
            Modules modules, T5Config config, String path, int index, boolean decodes) {
        List<Sublayer> sublayers = new ArrayList<>();
        sublayers.add(selfAttention(modules, config, path + ".layer.0", index));
        if (decodes) {
            sublayers.add(crossAttention(modules, config, path + ".layer.1", index));
        }
        sublayers.add(feedForward(modules, config, path + ".layer." + sublayers.size(), index));
        return new SequentialLayer(sublayers);
    }

    private static Sublayer selfAttention(
            Modules modules, T5Config config, String path, int index) {
        String attention = path + ".SelfAttention";
        AttentionPoint point =
                modules.selfAttention(attention, config.heads(), config.heads(), config.headDim());
        SelfAttention body =
                new SelfAttention(
                        projection(modules, config, attention + ".q", LinearRole.QUERY),
                        projection(modules, config, attention + ".k", LinearRole.KEY),
                        projection(modules, config, attention + ".v", LinearRole.VALUE),
                        AttentionCore.scaled(point, 1),
                        output(modules, config, attention));
        SublayerPoint.Kind kind = SublayerPoint.Kind.ATTENTION;
        return sublayer(modules, config, path, index, attention, kind, body);
    }

    private static Sublayer crossAttention(
            Modules modules, T5Config config, String path, int index) {
        String attention = path + ".EncDecAttention";
        AttentionPoint point = modules.crossAttention(attention, config.heads(), config.headDim());
        CrossAttention body =
                new CrossAttention(
                        projection(modules, config, attention + ".q", LinearRole.QUERY),
                        projection(modules, config, attention + ".k", LinearRole.KEY),
                        projection(modules, config, attention + ".v", LinearRole.VALUE),
                        AttentionCore.scaled(point, 1),
                        output(modules, config, attention));
        SublayerPoint.Kind kind = SublayerPoint.Kind.CROSS_ATTENTION;
        return sublayer(modules, config, path, index, attention, kind, body);
    }

    private static Sublayer feedForward(Modules modules, T5Config config, String path, int index) {
        String dense = path + ".DenseReluDense";
        SublayerPoint.Kind kind = SublayerPoint.Kind.FEED_FORWARD;
        return sublayer(modules, config, path, index, dense, kind, dense(modules, config, dense));
    }

    private static Sublayer.Transform dense(Modules modules, T5Config config, String path) {
        int width = config.width();
        int inner = config.innerWidth();
        if (!config.gated()) {
            return new FeedForward(
                    modules.linear(path + ".wi", LinearRole.FEED_FORWARD_UP, inner, width, false),
                    config.activation(),
                    down(modules, config, path));
        }
        return new GatedFeedForward(
                modules.linear(path + ".wi_0", LinearRole.FEED_FORWARD_GATE, inner, width, false),
                modules.linear(path + ".wi_1", LinearRole.FEED_FORWARD_UP, inner, width, false),
                down(modules, config, path),
                config.activation());
    }

    private static LinearPoint down(Modules modules, T5Config config, String path) {
        return modules.linear(
                path + ".wo",
                LinearRole.FEED_FORWARD_DOWN,
                config.width(),
                config.innerWidth(),
                false);
    }

    private static LinearPoint projection(
            Modules modules, T5Config config, String path, LinearRole role) {
        long heads = (long) config.heads() * config.headDim();
        return modules.linear(path, role, heads, config.width(), false);
    }

    private static LinearPoint output(Modules modules, T5Config config, String attention) {
        long heads = (long) config.heads() * config.headDim();
        return modules.linear(
                attention + ".o", LinearRole.ATTENTION_OUTPUT, config.width(), heads, false);
    }

    private static Sublayer sublayer(
            Modules modules,
            T5Config config,
            String path,
            int index,
            String module,
            SublayerPoint.Kind kind,
            Sublayer.Transform body) {
        return Sublayer.of(
                modules.rmsNorm(path + ".layer_norm", config.width(), config.epsilon()),
                body,
                modules.sublayer(
                        module, kind, config.width(), modules.adapters(path, index), null));
    }
}
