package org.peft4j.transformers.families.llama;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.GatedFeedForward;
import org.peft4j.transformers.parts.layers.HeadShape;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** Builds the layers: root-mean-square norms, grouped attention, a gated feed-forward. */
final class LlamaLayers {

    private LlamaLayers() {}

    static SequentialLayer layer(Modules modules, LlamaConfig config, int index) {
        String path = modules.root() + "layers." + index;
        int width = config.decoder().hiddenSize();
        Sublayer attention =
                Sublayer.of(
                        modules.rmsNorm(path + ".input_layernorm", width, config.epsilon()),
                        attention(modules, config, path + ".self_attn"),
                        modules.sublayer(
                                path + ".self_attn",
                                SublayerPoint.Kind.ATTENTION,
                                width,
                                path,
                                index));
        Sublayer feedForward =
                Sublayer.of(
                        modules.rmsNorm(
                                path + ".post_attention_layernorm", width, config.epsilon()),
                        feedForward(modules, config, path + ".mlp"),
                        modules.sublayer(
                                path + ".mlp",
                                SublayerPoint.Kind.FEED_FORWARD,
                                width,
                                path,
                                index));
        return new SequentialLayer(attention, feedForward);
    }

    private static SelfAttention attention(Modules modules, LlamaConfig config, String path) {
        int width = config.decoder().hiddenSize();
        HeadShape heads = config.heads();
        boolean bias = config.projectionBias();
        return new SelfAttention(
                modules.linear(path + ".q_proj", LinearRole.QUERY, heads.queryWidth(), width, bias),
                modules.linear(path + ".k_proj", LinearRole.KEY, heads.keyWidth(), width, bias),
                modules.linear(path + ".v_proj", LinearRole.VALUE, heads.keyWidth(), width, bias),
                new AttentionCore(
                        modules.selfAttention(path, heads),
                        1 / Math.sqrt(heads.headDim()),
                        0,
                        headNorm(modules, config, path + ".q_norm"),
                        headNorm(modules, config, path + ".k_norm")),
                modules.linear(
                        path + ".o_proj",
                        LinearRole.ATTENTION_OUTPUT,
                        width,
                        heads.queryWidth(),
                        config.outputBias()));
    }

    private static @Nullable NormPoint headNorm(Modules modules, LlamaConfig config, String path) {
        return config.headNorms()
                ? modules.rmsNorm(path, config.heads().headDim(), config.epsilon())
                : null;
    }

    private static GatedFeedForward feedForward(Modules modules, LlamaConfig config, String path) {
        return modules.gatedFeedForward(
                path,
                config.decoder().hiddenSize(),
                config.intermediateSize(),
                config.feedForwardBias(),
                config.activation());
    }
}
