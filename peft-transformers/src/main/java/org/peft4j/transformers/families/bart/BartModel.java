package org.peft4j.transformers.families.bart;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.LanguageModelHead;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.EncoderDecoderHeads;
import org.peft4j.transformers.parts.EncoderDecoderModel;
import org.peft4j.transformers.parts.EncoderDecoderModel.Stacks;
import org.peft4j.transformers.parts.EncoderStack;
import org.peft4j.transformers.parts.FrozenBase.Sizes;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.SharedEmbeddings;
import org.peft4j.transformers.parts.Ties;
import org.peft4j.transformers.parts.VocabularyLinear;
import org.peft4j.transformers.parts.layers.AttentionMask;

/** Builds encoder-decoders of the BART family. */
public final class BartModel {

    private static final String LOGITS_BIAS = "final_logits_bias";

    private BartModel() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        BartConfig config = BartConfig.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.SEQ_2_SEQ_LM, EncoderDecoderModel.TASKS);
        Modules modules = new Modules(checkpoint, head, "model");
        int width = config.width();
        SharedEmbeddings embeddings = SharedEmbeddings.of(modules, config.vocabularySize(), width);
        Tensor factor = config.scaled() ? root(checkpoint, width) : null;
        String root = modules.root();
        BartSide encoder =
                BartSide.of(
                        modules,
                        config,
                        config.encoder(),
                        root + "encoder",
                        InputPoint.Kind.ENCODER,
                        embeddings.tokens(embeddings.encoder(), factor));
        BartSide decoder =
                BartSide.of(
                        modules,
                        config,
                        config.decoder(),
                        root + "decoder",
                        InputPoint.Kind.DECODER,
                        embeddings.tokens(embeddings.decoder(), factor));
        AttentionPoint attention =
                modules.points()
                        .find(AttentionPoint.class, root + "decoder.layers.0.self_attn")
                        .orElseThrow();
        Map<String, String> ties = new HashMap<>(embeddings.ties());
        TaskHead taskHead = head(modules, config, embeddings.shared(), ties);
        return new EncoderDecoderModel(
                checkpoint,
                modules,
                new Sizes(
                        width,
                        config.vocabularySize(),
                        config.encoder().layers(),
                        config.maxPositions()),
                embeddings,
                new Stacks(encoderStack(encoder), decoderStack(decoder), attention, config.start()),
                taskHead,
                new Ties(ties, json -> json.addProperty("tie_word_embeddings", false), true));
    }

    private static Tensor root(OpenedCheckpoint checkpoint, int width) {
        return checkpoint.door().weights().floats(new float[] {(float) Math.sqrt(width)}, 1);
    }

    private static EncoderStack encoderStack(BartSide side) {
        return new EncoderStack(
                side.tokens(), side.input(), side.entrance()::encode, side.layers());
    }

    private static DecoderStack decoderStack(BartSide side) {
        return new DecoderStack(
                side.tokens(),
                side.input(),
                side.entrance()::decode,
                null,
                side.layers(),
                Collections.nCopies(side.layers().size(), AttentionMask.NO_WINDOW),
                (context, x) -> x);
    }

    private static TaskHead head(
            Modules modules, BartConfig config, EmbeddingPoint table, Map<String, String> ties) {
        TaskType task = modules.head().task();
        if (task != TaskType.SEQ_2_SEQ_LM) {
            return EncoderDecoderHeads.other(
                    modules, config.width(), config.endId(), config.deviation());
        }
        VocabularyLinear vocabulary = VocabularyLinear.of(modules, table, config.tied());
        ties.putAll(vocabulary.ties());
        @Nullable Tensor bias =
                modules.has(LOGITS_BIAS)
                        ? modules.buffer(LOGITS_BIAS, 1, config.vocabularySize())
                        : null;
        return new LanguageModelHead(task, vocabulary.linear(), 1, 0, bias);
    }
}
