package org.peft4j.transformers.families.bert;

import java.util.List;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
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
 * Builds RoBERTa (Liu et al. 2019) and its likes, XLM-RoBERTa and CamemBERT.
 *
 * <p>It is BERT with positions that count tokens from the padding id on, and a classifier of two
 * linears on the first token's hidden state.
 */
public final class RobertaModel {

    private static final int PAD = 1;

    private RobertaModel() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        JsonFields fields = checkpoint.files().configFields();
        BertConfig config = BertConfig.read(fields, PAD);
        int first = config.padId() + 1;
        if (config.positions() <= first) {
            throw fields.mustBe(
                    "max_position_embeddings", "above " + first + ", where positions begin,");
        }
        Modules modules =
                new Modules(
                        checkpoint,
                        checkpoint.head(TaskType.FEATURE_EXTRACTION, EncoderModel.TASKS),
                        "roberta");
        EncoderStack stack =
                BertEncoder.of(
                        modules, config, EncoderEmbeddings.Counting.byTokens(config.padId()));
        int width = config.hiddenSize();
        BertEncoder.poolerBesideHiddenStates(modules, config);
        return new EncoderModel(
                checkpoint,
                modules,
                new Sizes(
                        width,
                        config.vocabularySize(),
                        config.layers(),
                        config.positions() - first),
                stack,
                EncoderHeads.of(
                        modules,
                        width,
                        config.initializerRange(),
                        () -> classifier(modules, width, config.initializerRange())));
    }

    private static SequenceHead classifier(Modules modules, int width, double deviation) {
        int size = modules.head().size();
        return new SequenceHead(
                new ClassifierLayers(
                        List.of(
                                modules.headLinear(
                                        "classifier.dense", width, width, true, deviation),
                                modules.headLinear(
                                        "classifier.out_proj", size, width, true, deviation)),
                        Activation.TANH),
                Pooling.FIRST,
                modules.head().problem(),
                HeadModules.CLASSIFIER);
    }
}
