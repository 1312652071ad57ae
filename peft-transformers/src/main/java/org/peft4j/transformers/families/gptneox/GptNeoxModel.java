package org.peft4j.transformers.families.gptneox;

import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.parts.DecoderHead;
import org.peft4j.transformers.parts.DecoderModel;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.FrozenBase.Sizes;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.FusedSelfAttention;
import org.peft4j.transformers.parts.layers.Layer;
import org.peft4j.transformers.parts.layers.LayerWindows;
import org.peft4j.transformers.parts.layers.ParallelLayer;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;
import org.peft4j.transformers.parts.rotary.Rotary;

/** Builds decoders of the GPT-NeoX family. */
public final class GptNeoxModel {

    /** What transformers 5 calls the head in a model; in files it has its first name. */
    private static final String HEAD = "lm_head";

    private static final String STORED_HEAD = "embed_out";

    private final Modules modules;
    private final GptNeoxConfig config;
    private final int width;

    private GptNeoxModel(Modules modules, GptNeoxConfig config) {
        this.modules = modules;
        this.config = config;
        this.width = config.hiddenSize();
    }

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        GptNeoxConfig config = GptNeoxConfig.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, DecoderModel.TASKS);
        Modules modules = new Modules(checkpoint, head, "gpt_neox");
        modules.storedAs(HEAD, STORED_HEAD);
        return new GptNeoxModel(modules, config).build(checkpoint);
    }

    private DecoderModel build(OpenedCheckpoint checkpoint) {
        String root = modules.root();
        EmbeddingPoint table =
                DecoderHead.table(
                        modules, root + "embed_in", config.vocabularySize(), width, config.tied());
        TokenEmbedding tokens = new TokenEmbedding(table);
        InputPoint input = modules.input(modules.rootPath(), InputPoint.Kind.DECODER, tokens);
        List<? extends Layer> layers =
                IntStream.range(0, config.layers()).mapToObj(this::layer).toList();
        DecoderStack stack =
                new DecoderStack(
                        tokens,
                        input,
                        DecoderStack.Entrance.PLAIN,
                        new Rotary(checkpoint.door(), config.rope()),
                        layers,
                        LayerWindows.none(config.layers()),
                        DecoderStack.Exit.norm(norm(root + "final_layer_norm")));
        return new DecoderModel(
                checkpoint,
                modules,
                new Sizes(width, config.vocabularySize(), config.layers(), config.maxPositions()),
                stack,
                DecoderHead.of(
                        modules, table, config.tied(), "classifier", config.initializerRange()));
    }

    private Layer layer(int index) {
        String path = modules.root() + "layers." + index;
        Sublayer attention =
                Sublayer.of(
                        norm(path + ".input_layernorm"),
                        attention(path + ".attention"),
                        point(path, ".attention", index, SublayerPoint.Kind.ATTENTION));
        Sublayer feedForward =
                Sublayer.of(
                        norm(path + ".post_attention_layernorm"),
                        feedForward(path + ".mlp"),
                        point(path, ".mlp", index, SublayerPoint.Kind.FEED_FORWARD));
        return config.parallel()
                ? new ParallelLayer(attention, feedForward)
                : new SequentialLayer(attention, feedForward);
    }

    private SublayerPoint point(String layer, String module, int index, SublayerPoint.Kind kind) {
        String path = layer + module;
        return config.parallel()
                ? modules.parallelSublayer(path, kind, width, layer, index)
                : modules.sublayer(path, kind, width, layer, index);
    }

    private NormPoint norm(String path) {
        return modules.layerNorm(path, width, config.epsilon());
    }

    private FusedSelfAttention attention(String path) {
        boolean bias = config.attentionBias();
        FusedLayout layout = FusedLayout.headByHead(config.heads().heads());
        return new FusedSelfAttention(
                modules.linear(
                        path + ".query_key_value",
                        LinearRole.QUERY_KEY_VALUE,
                        3L * width,
                        width,
                        bias),
                layout,
                AttentionCore.of(modules.fusedAttention(path, config.heads(), layout)),
                modules.linear(path + ".dense", LinearRole.ATTENTION_OUTPUT, width, width, bias));
    }

    private FeedForward feedForward(String path) {
        int inner = config.intermediateSize();
        return new FeedForward(
                modules.linear(
                        path + ".dense_h_to_4h", LinearRole.FEED_FORWARD_UP, inner, width, true),
                config.activation(),
                modules.linear(
                        path + ".dense_4h_to_h", LinearRole.FEED_FORWARD_DOWN, width, inner, true));
    }
}
