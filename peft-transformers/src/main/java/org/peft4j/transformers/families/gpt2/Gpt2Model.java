package org.peft4j.transformers.families.gpt2;

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
import org.peft4j.transformers.parts.LearnedPositions;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.TokenTypes;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.FusedSelfAttention;
import org.peft4j.transformers.parts.layers.LayerWindows;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** Builds GPT-2. */
public final class Gpt2Model {

    private final Modules modules;
    private final Gpt2Config config;
    private final int width;

    private Gpt2Model(Modules modules, Gpt2Config config) {
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
        Gpt2Config config = Gpt2Config.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, DecoderModel.TASKS);
        return new Gpt2Model(new Modules(checkpoint, head, "transformer"), config)
                .build(checkpoint);
    }

    private DecoderModel build(OpenedCheckpoint checkpoint) {
        String root = modules.root();
        EmbeddingPoint table =
                DecoderHead.table(
                        modules, root + "wte", config.vocabularySize(), width, config.tied());
        TokenEmbedding tokens = new TokenEmbedding(table);
        InputPoint input = modules.input(modules.rootPath(), InputPoint.Kind.DECODER, tokens);
        EmbeddingPoint positions = modules.embedding(root + "wpe", config.positions(), width);
        List<SequentialLayer> layers =
                IntStream.range(0, config.layers()).mapToObj(this::layer).toList();
        DecoderStack stack =
                new DecoderStack(
                        tokens,
                        input,
                        new Gpt2Entrance(
                                new LearnedPositions(positions, 0),
                                new TokenTypes(table, modules.head().task() == TaskType.CAUSAL_LM)),
                        null,
                        layers,
                        LayerWindows.none(config.layers()),
                        DecoderStack.Exit.norm(norm(root + "ln_f")));
        return new DecoderModel(
                checkpoint,
                modules,
                new Sizes(width, config.vocabularySize(), config.layers(), config.positions()),
                stack,
                DecoderHead.of(
                        modules, table, config.tied(), "classifier", config.initializerRange()));
    }

    private SequentialLayer layer(int index) {
        String path = modules.root() + "h." + index;
        Sublayer attention =
                Sublayer.of(
                        norm(path + ".ln_1"),
                        attention(path + ".attn", index),
                        modules.sublayer(
                                path + ".attn", SublayerPoint.Kind.ATTENTION, width, path, index));
        Sublayer feedForward =
                Sublayer.of(
                        norm(path + ".ln_2"),
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
        return modules.layerNorm(path, width, config.epsilon());
    }

    private FusedSelfAttention attention(String path, int index) {
        FusedLayout layout = FusedLayout.blocks(config.heads().keyValueHeads());
        return new FusedSelfAttention(
                modules.conv1d(path + ".c_attn", LinearRole.QUERY_KEY_VALUE, 3L * width, width),
                layout,
                AttentionCore.scaled(
                        modules.fusedAttention(path, config.heads(), layout), config.scale(index)),
                modules.conv1d(path + ".c_proj", LinearRole.ATTENTION_OUTPUT, width, width));
    }

    private FeedForward feedForward(String path) {
        int inner = config.intermediateSize();
        return new FeedForward(
                modules.conv1d(path + ".c_fc", LinearRole.FEED_FORWARD_UP, inner, width),
                config.activation(),
                modules.conv1d(path + ".c_proj", LinearRole.FEED_FORWARD_DOWN, width, inner));
    }
}
