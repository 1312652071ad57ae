package org.peft4j.transformers.families.bert;

import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.TaskType;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.transformers.parts.EncoderEmbeddings;
import org.peft4j.transformers.parts.EncoderStack;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.FeedForward;
import org.peft4j.transformers.parts.layers.SelfAttention;
import org.peft4j.transformers.parts.layers.SequentialLayer;
import org.peft4j.transformers.parts.layers.Sublayer;

/** The encoder that BERT and RoBERTa share; they differ in how they count positions. */
final class BertEncoder {

    static final String POOLER = "pooler.dense";

    private final Modules modules;
    private final BertConfig config;

    private BertEncoder(Modules modules, BertConfig config) {
        this.modules = modules;
        this.config = config;
    }

    /** Builds the encoder. */
    static EncoderStack of(
            Modules modules, BertConfig config, EncoderEmbeddings.Counting counting) {
        return new BertEncoder(modules, config).stack(counting);
    }

    /** Publishes the pooler where the hidden states are the result and the checkpoint has one. */
    static void poolerBesideHiddenStates(Modules modules, BertConfig config) {
        String path = modules.root() + POOLER;
        boolean bare = modules.head().task() == TaskType.FEATURE_EXTRACTION;
        if (bare && modules.has(path + ".weight")) {
            int width = config.hiddenSize();
            modules.linear(path, LinearRole.OTHER, width, width, true);
        }
    }

    private EncoderStack stack(EncoderEmbeddings.Counting counting) {
        String root = modules.root();
        int width = config.hiddenSize();
        EmbeddingPoint words =
                modules.embedding(
                        root + "embeddings.word_embeddings", config.vocabularySize(), width);
        String path = root.isEmpty() ? "" : root.substring(0, root.length() - 1);
        TokenEmbedding tokens = new TokenEmbedding(words);
        InputPoint input = modules.input(path, InputPoint.Kind.ENCODER, tokens);
        EncoderEmbeddings entrance =
                new EncoderEmbeddings(
                        modules.embedding(
                                root + "embeddings.token_type_embeddings", config.types(), width),
                        modules.embedding(
                                root + "embeddings.position_embeddings", config.positions(), width),
                        counting,
                        modules.layerNorm(root + "embeddings.LayerNorm", width, config.epsilon()));
        List<SequentialLayer> layers =
                IntStream.range(0, config.layers())
                        .mapToObj(index -> layer(root + "encoder.layer." + index, index))
                        .toList();
        return new EncoderStack(tokens, input, entrance, layers);
    }

    private SequentialLayer layer(String path, int index) {
        String behind = path + ".attention.output";
        return new SequentialLayer(
                Sublayer.of(
                        null,
                        attention(path + ".attention"),
                        point(behind, index, SublayerPoint.Kind.ATTENTION)),
                Sublayer.of(
                        null,
                        feedForward(path),
                        point(path + ".output", index, SublayerPoint.Kind.FEED_FORWARD)));
    }

    private SublayerPoint point(String path, int index, SublayerPoint.Kind kind) {
        int width = config.hiddenSize();
        return modules.sublayer(
                path,
                kind,
                width,
                modules.adapters(path, index),
                modules.layerNorm(path + ".LayerNorm", width, config.epsilon()));
    }

    private SelfAttention attention(String path) {
        int width = config.hiddenSize();
        int heads = config.heads();
        String self = path + ".self";
        return new SelfAttention(
                modules.linear(self + ".query", LinearRole.QUERY, width, width, true),
                modules.linear(self + ".key", LinearRole.KEY, width, width, true),
                modules.linear(self + ".value", LinearRole.VALUE, width, width, true),
                AttentionCore.of(modules.selfAttention(self, heads, heads, width / heads)),
                modules.linear(
                        path + ".output.dense", LinearRole.ATTENTION_OUTPUT, width, width, true));
    }

    private FeedForward feedForward(String path) {
        int width = config.hiddenSize();
        int inner = config.intermediateSize();
        return new FeedForward(
                modules.linear(
                        path + ".intermediate.dense",
                        LinearRole.FEED_FORWARD_UP,
                        inner,
                        width,
                        true),
                config.activation(),
                modules.linear(
                        path + ".output.dense", LinearRole.FEED_FORWARD_DOWN, width, inner, true));
    }
}
