package org.peft4j.transformers.families.t5;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.transformers.heads.ClassifierLayers;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.HeadModules;
import org.peft4j.transformers.heads.LanguageModelHead;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.heads.TokenHead;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.EncoderDecoderHeads;
import org.peft4j.transformers.parts.EncoderDecoderModel;
import org.peft4j.transformers.parts.EncoderDecoderModel.Stacks;
import org.peft4j.transformers.parts.EncoderModel;
import org.peft4j.transformers.parts.EncoderStack;
import org.peft4j.transformers.parts.FrozenBase.Sizes;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.SharedEmbeddings;
import org.peft4j.transformers.parts.Ties;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.VocabularyLinear;
import org.peft4j.transformers.parts.layers.AttentionMask;

/** Builds encoder-decoders of the T5 family. */
public final class T5Model {

    private static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.SEQ_2_SEQ_LM,
                    TaskType.SEQ_CLS,
                    TaskType.TOKEN_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    private T5Model() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        T5Config config = T5Config.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.SEQ_2_SEQ_LM, TASKS);
        // only classifiers hold the transformer as a module of its own
        boolean classifies = head.task() == TaskType.SEQ_CLS || head.task() == TaskType.TOKEN_CLS;
        String prefix = classifies ? "transformer" : "";
        Modules modules = new Modules(checkpoint, head, prefix, "transformer");
        return head.task() == TaskType.TOKEN_CLS
                ? encoderOnly(checkpoint, modules, config)
                : encoderDecoder(checkpoint, modules, config);
    }

    /** Tokens are classified by what the encoder makes of them; there is no decoder. */
    private static BaseModel encoderOnly(
            OpenedCheckpoint checkpoint, Modules modules, T5Config config) {
        SharedEmbeddings embeddings =
                SharedEmbeddings.ofEncoder(modules, config.vocabularySize(), config.width());
        return new EncoderModel(
                checkpoint,
                modules,
                sizes(config),
                encoder(modules, config, embeddings),
                new TokenHead(
                        ClassifierLayers.of(
                                modules.headLinear(
                                        "classifier",
                                        modules.head().size(),
                                        config.width(),
                                        true,
                                        config.factor())),
                        HeadModules.CLASSIFIER),
                embeddings);
    }

    private static BaseModel encoderDecoder(
            OpenedCheckpoint checkpoint, Modules modules, T5Config config) {
        SharedEmbeddings embeddings =
                SharedEmbeddings.of(modules, config.vocabularySize(), config.width());
        EncoderStack encoder = encoder(modules, config, embeddings);
        DecoderStack decoder = decoder(modules, config, embeddings);
        AttentionPoint attention =
                modules.points()
                        .find(
                                AttentionPoint.class,
                                modules.root() + "decoder.block.0.layer.0.SelfAttention")
                        .orElseThrow();
        Map<String, String> ties = new HashMap<>(embeddings.ties());
        TaskHead taskHead = head(modules, config, embeddings.shared(), ties);
        return new EncoderDecoderModel(
                checkpoint,
                modules,
                sizes(config),
                embeddings,
                new Stacks(encoder, decoder, attention, config.start()),
                taskHead,
                new Ties(
                        ties,
                        json -> json.addProperty("scale_decoder_outputs", config.scaled()),
                        true));
    }

    private static Sizes sizes(T5Config config) {
        return new Sizes(config.width(), config.vocabularySize(), config.encoderLayers(), 0);
    }

    private static EncoderStack encoder(
            Modules modules, T5Config config, SharedEmbeddings embeddings) {
        String path = modules.root() + "encoder";
        TokenEmbedding tokens = embeddings.tokens(embeddings.encoder(), null);
        InputPoint input = modules.input(path, InputPoint.Kind.ENCODER, tokens);
        T5Layers layers = T5Layers.of(modules, config, path, config.encoderLayers(), 0, false);
        return new EncoderStack(
                tokens,
                input,
                EncoderStack.Entrance.PLAIN,
                layers.positions(),
                layers.layers(),
                DecoderStack.Exit.norm(
                        modules.rmsNorm(
                                path + ".final_layer_norm", config.width(), config.epsilon())));
    }

    private static DecoderStack decoder(
            Modules modules, T5Config config, SharedEmbeddings embeddings) {
        String path = modules.root() + "decoder";
        TokenEmbedding tokens = embeddings.tokens(embeddings.decoder(), null);
        InputPoint input = modules.input(path, InputPoint.Kind.DECODER, tokens);
        T5Layers layers =
                T5Layers.of(
                        modules,
                        config,
                        path,
                        config.decoderLayers(),
                        config.encoderLayers(),
                        true);
        return new DecoderStack(
                tokens,
                input,
                DecoderStack.Entrance.PLAIN,
                null,
                layers.positions(),
                layers.layers(),
                Collections.nCopies(config.decoderLayers(), AttentionMask.NO_WINDOW),
                DecoderStack.Exit.norm(
                        modules.rmsNorm(
                                path + ".final_layer_norm", config.width(), config.epsilon())));
    }

    private static TaskHead head(
            Modules modules, T5Config config, EmbeddingPoint table, Map<String, String> ties) {
        TaskType task = modules.head().task();
        if (task != TaskType.SEQ_2_SEQ_LM) {
            return EncoderDecoderHeads.other(
                    modules, config.width(), config.endId(), deviation(config));
        }
        double inputScale = config.scaled() ? Math.pow(config.width(), -0.5) : 1;
        VocabularyLinear vocabulary = VocabularyLinear.of(modules, table, true);
        ties.putAll(vocabulary.ties());
        return new LanguageModelHead(task, vocabulary.linear(), inputScale, 0, null);
    }

    private static double deviation(T5Config config) {
        return config.factor() * Math.pow(config.width(), -0.5);
    }
}
