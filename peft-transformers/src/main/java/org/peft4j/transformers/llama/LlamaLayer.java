package org.peft4j.transformers.llama;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.AttentionCore;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.GatedFeedForward;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.SelfAttention;

/** One layer: h = x + attention(norm(x)), then h + feedForward(norm(h)). */
record LlamaLayer(
        NormPoint attentionNorm,
        SelfAttention attention,
        SublayerPoint attentionOutput,
        NormPoint feedForwardNorm,
        GatedFeedForward feedForward,
        SublayerPoint feedForwardOutput)
        implements DecoderStack.Layer {

    static LlamaLayer of(Modules modules, LlamaConfig config, int index) {
        String path = modules.root() + "layers." + index;
        int width = config.hiddenSize();
        return new LlamaLayer(
                modules.rmsNorm(path + ".input_layernorm", width, config.epsilon()),
                attention(modules, config, path + ".self_attn"),
                modules.sublayer(path + ".self_attn", SublayerPoint.Kind.ATTENTION, width),
                modules.rmsNorm(path + ".post_attention_layernorm", width, config.epsilon()),
                feedForward(modules, config, path + ".mlp"),
                modules.sublayer(path + ".mlp", SublayerPoint.Kind.FEED_FORWARD, width));
    }

    private static SelfAttention attention(Modules modules, LlamaConfig config, String path) {
        int width = config.hiddenSize();
        int queries = config.heads() * config.headDim();
        int keys = config.keyValueHeads() * config.headDim();
        boolean bias = config.projectionBias();
        return new SelfAttention(
                modules.linear(path + ".q_proj", LinearRole.QUERY, queries, width, bias),
                modules.linear(path + ".k_proj", LinearRole.KEY, keys, width, bias),
                modules.linear(path + ".v_proj", LinearRole.VALUE, keys, width, bias),
                AttentionCore.of(
                        modules.selfAttention(
                                path, config.heads(), config.keyValueHeads(), config.headDim())),
                modules.linear(
                        path + ".o_proj",
                        LinearRole.ATTENTION_OUTPUT,
                        width,
                        queries,
                        config.outputBias()));
    }

    private static GatedFeedForward feedForward(Modules modules, LlamaConfig config, String path) {
        int width = config.hiddenSize();
        int inner = config.intermediateSize();
        boolean bias = config.feedForwardBias();
        return new GatedFeedForward(
                modules.linear(
                        path + ".gate_proj", LinearRole.FEED_FORWARD_GATE, inner, width, bias),
                modules.linear(path + ".up_proj", LinearRole.FEED_FORWARD_UP, inner, width, bias),
                modules.linear(
                        path + ".down_proj", LinearRole.FEED_FORWARD_DOWN, width, inner, bias),
                Activation.SILU);
    }

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            Tensor read = attentionNorm.forward(context, x);
            Tensor attended =
                    attentionOutput.forward(context, read, attention.forward(context, read, step));
            Tensor h = ops.add(x, attended);
            Tensor normed = feedForwardNorm.forward(context, h);
            Tensor fed =
                    feedForwardOutput.forward(
                            context, normed, feedForward.forward(context, normed));
            return scope.keep(ops.add(h, fed));
        }
    }
}
