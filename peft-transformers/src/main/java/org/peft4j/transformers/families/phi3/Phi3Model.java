package org.peft4j.transformers.families.phi3;

import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.parts.DecoderModel;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.RotaryDecoder;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.FusedGatedFeedForward;
import org.peft4j.transformers.parts.layers.FusedSelfAttention;
import org.peft4j.transformers.parts.layers.HeadShape;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** Builds decoders of the Phi-3 family. */
public final class Phi3Model {

    private final Modules modules;
    private final Phi3Config config;
    private final int width;

    private Phi3Model(Modules modules, Phi3Config config) {
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
        Phi3Config config = Phi3Config.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, DecoderModel.TASKS_WITHOUT_SPANS);
        Modules modules = new Modules(checkpoint, head, "model");
        Phi3Model model = new Phi3Model(modules, config);
        return config.decoder()
                .build(checkpoint, modules, RotaryDecoder.Scales.NONE, model::layer, model::norm);
    }

    private SequentialLayer layer(int index) {
        String path = modules.root() + "layers." + index;
        Sublayer attention =
                Sublayer.of(
                        norm(path + ".input_layernorm"),
                        attention(path + ".self_attn"),
                        modules.sublayer(
                                path + ".self_attn",
                                SublayerPoint.Kind.ATTENTION,
                                width,
                                path,
                                index));
        Sublayer feedForward =
                Sublayer.of(
                        norm(path + ".post_attention_layernorm"),
                        feedForward(path + ".mlp"),
                        modules.sublayer(
                                path + ".mlp",
                                SublayerPoint.Kind.FEED_FORWARD,
                                width,
                                path,
                                index));
        return new SequentialLayer(attention, feedForward);
    }

    private NormPoint norm(String path) {
        return modules.rmsNorm(path, width, config.epsilon());
    }

    private FusedSelfAttention attention(String path) {
        HeadShape heads = config.heads();
        int fused = heads.queryWidth() + 2 * heads.keyWidth();
        FusedLayout layout = FusedLayout.blocks(heads.keyValueHeads());
        return new FusedSelfAttention(
                modules.linear(path + ".qkv_proj", LinearRole.QUERY_KEY_VALUE, fused, width, false),
                layout,
                AttentionCore.of(modules.fusedAttention(path, heads, layout)),
                modules.linear(
                        path + ".o_proj",
                        LinearRole.ATTENTION_OUTPUT,
                        width,
                        heads.queryWidth(),
                        false));
    }

    private FusedGatedFeedForward feedForward(String path) {
        int inner = config.intermediateSize();
        return new FusedGatedFeedForward(
                modules.linear(
                        path + ".gate_up_proj",
                        LinearRole.FEED_FORWARD_GATE_UP,
                        2L * inner,
                        width,
                        false),
                modules.linear(
                        path + ".down_proj", LinearRole.FEED_FORWARD_DOWN, width, inner, false),
                config.activation());
    }
}
