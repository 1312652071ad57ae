package org.peft4j.transformers.families.opt;

import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.Layer;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** Builds the layers, with norms before or behind the sublayers. */
final class OptLayers {

    private final Modules modules;
    private final OptConfig config;
    private final int width;

    private OptLayers(Modules modules, OptConfig config) {
        this.modules = modules;
        this.config = config;
        this.width = config.hiddenSize();
    }

    static Layer layer(Modules modules, OptConfig config, String path, int index) {
        return new OptLayers(modules, config).layer(path, index);
    }

    private Layer layer(String path, int index) {
        NormPoint attentionNorm = norm(path + ".self_attn_layer_norm");
        SelfAttention attention = attention(path + ".self_attn");
        SublayerPoint attended =
                point(path, ".self_attn", index, SublayerPoint.Kind.ATTENTION, attentionNorm);
        NormPoint feedForwardNorm = norm(path + ".final_layer_norm");
        FeedForward feedForward = feedForward(path);
        // the feed-forward has no module of its own: its last linear stands for it
        SublayerPoint fed =
                point(path, ".fc2", index, SublayerPoint.Kind.FEED_FORWARD, feedForwardNorm);
        boolean first = config.normFirst();
        return new SequentialLayer(
                Sublayer.of(first ? attentionNorm : null, attention, attended),
                Sublayer.of(first ? feedForwardNorm : null, feedForward, fed));
    }

    private SublayerPoint point(
            String layer, String module, int index, SublayerPoint.Kind kind, NormPoint norm) {
        return modules.sublayer(
                layer + module,
                kind,
                width,
                modules.adapters(layer, index, kind),
                config.normFirst() ? null : norm);
    }

    private NormPoint norm(String path) {
        return config.norm(modules, path);
    }

    private SelfAttention attention(String path) {
        return new SelfAttention(
                linear(path + ".q_proj", LinearRole.QUERY, width, width),
                linear(path + ".k_proj", LinearRole.KEY, width, width),
                linear(path + ".v_proj", LinearRole.VALUE, width, width),
                AttentionCore.of(modules.selfAttention(path, config.heads())),
                linear(path + ".out_proj", LinearRole.ATTENTION_OUTPUT, width, width));
    }

    private FeedForward feedForward(String path) {
        int inner = config.intermediateSize();
        return new FeedForward(
                linear(path + ".fc1", LinearRole.FEED_FORWARD_UP, inner, width),
                config.activation(),
                linear(path + ".fc2", LinearRole.FEED_FORWARD_DOWN, width, inner));
    }

    private LinearPoint linear(String path, LinearRole role, int out, int in) {
        return modules.linear(path, role, out, in, config.bias());
    }
}
