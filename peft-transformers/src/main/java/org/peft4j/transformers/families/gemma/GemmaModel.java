package org.peft4j.transformers.families.gemma;

import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.parts.DecoderModel;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.RotaryDecoder;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.GatedFeedForward;
import org.peft4j.transformers.parts.layers.HeadShape;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** Builds decoders of the Gemma family. */
public final class GemmaModel {

    private final Modules modules;
    private final GemmaConfig config;
    private final int width;

    private GemmaModel(Modules modules, GemmaConfig config) {
        this.modules = modules;
        this.config = config;
        this.width = config.decoder().hiddenSize();
    }

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        GemmaConfig config = GemmaConfig.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, DecoderModel.TASKS_WITHOUT_SPANS);
        Modules modules = new Modules(checkpoint, head, "model");
        GemmaModel model = new GemmaModel(modules, config);
        return config.decoder()
                .build(
                        checkpoint,
                        modules,
                        new RotaryDecoder.Scales(Math.sqrt(model.width), config.logitCap()),
                        model::layer,
                        model::norm);
    }

    private SequentialLayer layer(int index) {
        String path = modules.root() + "layers." + index;
        boolean second = config.outputNorms();
        String afterAttention = path + ".post_attention_layernorm";
        Sublayer attention =
                new Sublayer(
                        norm(path + ".input_layernorm"),
                        attention(path + ".self_attn"),
                        modules.sublayer(
                                path + ".self_attn",
                                SublayerPoint.Kind.ATTENTION,
                                width,
                                path,
                                index),
                        second ? norm(afterAttention) : null);
        Sublayer feedForward =
                new Sublayer(
                        norm(second ? path + ".pre_feedforward_layernorm" : afterAttention),
                        feedForward(path + ".mlp"),
                        modules.sublayer(
                                path + ".mlp", SublayerPoint.Kind.FEED_FORWARD, width, path, index),
                        second ? norm(path + ".post_feedforward_layernorm") : null);
        return new SequentialLayer(attention, feedForward);
    }

    private NormPoint norm(String path) {
        return modules.offsetRmsNorm(path, width, config.epsilon());
    }

    private SelfAttention attention(String path) {
        HeadShape heads = config.heads();
        boolean bias = config.bias();
        return new SelfAttention(
                modules.linear(path + ".q_proj", LinearRole.QUERY, heads.queryWidth(), width, bias),
                modules.linear(path + ".k_proj", LinearRole.KEY, heads.keyWidth(), width, bias),
                modules.linear(path + ".v_proj", LinearRole.VALUE, heads.keyWidth(), width, bias),
                new AttentionCore(
                        modules.selfAttention(path, heads),
                        config.scale(),
                        config.scoreCap(),
                        null,
                        null),
                modules.linear(
                        path + ".o_proj",
                        LinearRole.ATTENTION_OUTPUT,
                        width,
                        heads.queryWidth(),
                        bias));
    }

    private GatedFeedForward feedForward(String path) {
        return modules.gatedFeedForward(
                path, width, config.intermediateSize(), false, config.activation());
    }
}
