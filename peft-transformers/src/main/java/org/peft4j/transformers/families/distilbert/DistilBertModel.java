package org.peft4j.transformers.families.distilbert;

import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.transformers.heads.ClassifierLayers;
import org.peft4j.transformers.heads.HeadModules;
import org.peft4j.transformers.heads.Pooling;
import org.peft4j.transformers.heads.SequenceHead;
import org.peft4j.transformers.parts.EncoderEmbeddings;
import org.peft4j.transformers.parts.EncoderHeads;
import org.peft4j.transformers.parts.EncoderModel;
import org.peft4j.transformers.parts.EncoderStack;
import org.peft4j.transformers.parts.FrozenBase.Sizes;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.layers.SequentialLayer;

/**
 * Builds DistilBERT (Sanh et al. 2019).
 *
 * <p>A whole text is classified by the first token's hidden state, through {@code pre_classifier},
 * relu and {@code classifier}. Both are the head, and every adapter holds both: peft names the
 * second alone, and trains and saves the first because its name has the same ending.
 */
public final class DistilBertModel {

    /** No config tells it. */
    static final double EPSILON = 1e-12;

    private DistilBertModel() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        DistilBertConfig config = DistilBertConfig.read(checkpoint.files().configFields());
        Modules modules =
                new Modules(
                        checkpoint,
                        checkpoint.head(TaskType.FEATURE_EXTRACTION, EncoderModel.TASKS),
                        "distilbert");
        EncoderStack stack = stack(modules, config);
        int width = config.width();
        return new EncoderModel(
                checkpoint,
                modules,
                new Sizes(width, config.vocabularySize(), config.layers(), config.positions()),
                stack,
                EncoderHeads.of(
                        modules,
                        width,
                        config.initializerRange(),
                        () -> classifier(modules, config)));
    }

    private static EncoderStack stack(Modules modules, DistilBertConfig config) {
        String root = modules.root();
        int width = config.width();
        EmbeddingPoint words =
                modules.embedding(
                        root + "embeddings.word_embeddings", config.vocabularySize(), width);
        String path = root.isEmpty() ? "" : root.substring(0, root.length() - 1);
        TokenEmbedding tokens = new TokenEmbedding(words);
        InputPoint input = modules.input(path, InputPoint.Kind.ENCODER, tokens);
        EncoderEmbeddings entrance =
                new EncoderEmbeddings(
                        null,
                        modules.embedding(
                                root + "embeddings.position_embeddings", config.positions(), width),
                        EncoderEmbeddings.Counting.BY_INDEX,
                        modules.layerNorm(root + "embeddings.LayerNorm", width, EPSILON));
        List<SequentialLayer> layers =
                IntStream.range(0, config.layers())
                        .mapToObj(index -> DistilBertLayer.of(modules, config, index))
                        .toList();
        return new EncoderStack(tokens, input, entrance, layers);
    }

    private static SequenceHead classifier(Modules modules, DistilBertConfig config) {
        int width = config.width();
        int size = modules.head().size();
        double deviation = config.initializerRange();
        return new SequenceHead(
                new ClassifierLayers(
                        List.of(
                                modules.headLinear("pre_classifier", width, width, true, deviation),
                                modules.headLinear("classifier", size, width, true, deviation)),
                        Activation.RELU),
                Pooling.FIRST,
                modules.head().problem(),
                HeadModules.classifierAnd("pre_classifier"));
    }
}
