package org.peft4j.transformers.families.bert;

import java.util.List;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
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

/**
 * Builds BERT (Devlin et al. 2019).
 *
 * <p>A whole text is classified by its first token's hidden state behind the pooler, tanh(W x + b).
 * The pooler belongs to the pretrained encoder, so {@code all-linear} selects it; a checkpoint that
 * was saved without one gets a fresh one, which every adapter then trains and saves like the head.
 */
public final class BertModel {

    private static final int PAD = 0;

    private BertModel() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        BertConfig config = BertConfig.read(checkpoint.files().configFields(), PAD);
        Modules modules =
                new Modules(
                        checkpoint,
                        checkpoint.head(TaskType.FEATURE_EXTRACTION, EncoderModel.TASKS),
                        "bert");
        EncoderStack stack = BertEncoder.of(modules, config, EncoderEmbeddings.Counting.BY_INDEX);
        BertEncoder.poolerBesideHiddenStates(modules, config);
        int width = config.hiddenSize();
        return new EncoderModel(
                checkpoint,
                modules,
                new Sizes(width, config.vocabularySize(), config.layers(), config.positions()),
                stack,
                EncoderHeads.of(
                        modules,
                        width,
                        config.initializerRange(),
                        () -> classifier(modules, width, config.initializerRange())));
    }

    private static SequenceHead classifier(Modules modules, int width, double deviation) {
        String path = modules.root() + BertEncoder.POOLER;
        boolean pretrained = modules.has(path + ".weight");
        LinearPoint pooler =
                pretrained
                        ? modules.linear(path, LinearRole.OTHER, width, width, true)
                        : modules.headLinear(path, width, width, true, deviation);
        LinearPoint classifier =
                modules.headLinear("classifier", modules.head().size(), width, true, deviation);
        return new SequenceHead(
                new ClassifierLayers(List.of(pooler, classifier), Activation.TANH),
                Pooling.FIRST,
                modules.head().problem(),
                pretrained ? HeadModules.CLASSIFIER : HeadModules.classifierAnd("pooler"));
    }
}
