package org.peft4j.transformers.families.distilbert;

import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** Makes DistilBERT's layers: BERT's under other names. */
final class DistilBertLayer {

    private final Modules modules;
    private final DistilBertConfig config;
    private final int index;
    private final String path;

    private DistilBertLayer(Modules modules, DistilBertConfig config, int index) {
        this.modules = modules;
        this.config = config;
        this.index = index;
        this.path = modules.root() + "transformer.layer." + index;
    }

    static SequentialLayer of(Modules modules, DistilBertConfig config, int index) {
        return new DistilBertLayer(modules, config, index).layer();
    }

    private SequentialLayer layer() {
        int heads = config.heads();
        int width = config.width();
        int inner = config.inner();
        String attention = path + ".attention";
        return new SequentialLayer(
                Sublayer.of(
                        null,
                        new SelfAttention(
                                linear("attention.q_lin", LinearRole.QUERY, width, width),
                                linear("attention.k_lin", LinearRole.KEY, width, width),
                                linear("attention.v_lin", LinearRole.VALUE, width, width),
                                AttentionCore.of(
                                        modules.selfAttention(
                                                attention, heads, heads, width / heads)),
                                linear(
                                        "attention.out_lin",
                                        LinearRole.ATTENTION_OUTPUT,
                                        width,
                                        width)),
                        point(attention, SublayerPoint.Kind.ATTENTION, "sa_layer_norm")),
                Sublayer.of(
                        null,
                        new FeedForward(
                                linear("ffn.lin1", LinearRole.FEED_FORWARD_UP, inner, width),
                                config.activation(),
                                linear("ffn.lin2", LinearRole.FEED_FORWARD_DOWN, width, inner)),
                        point(
                                path + ".ffn",
                                SublayerPoint.Kind.FEED_FORWARD,
                                "output_layer_norm")));
    }

    private SublayerPoint point(String module, SublayerPoint.Kind kind, String norm) {
        return modules.sublayer(
                module, kind, config.width(), modules.adapters(path, index, kind), norm(norm));
    }

    private LinearPoint linear(String name, LinearRole role, int out, int in) {
        return modules.linear(path + "." + name, role, out, in, true);
    }

    private NormPoint norm(String name) {
        return modules.layerNorm(path + "." + name, config.width(), DistilBertModel.EPSILON);
    }
}
