package org.peft4j.transformers.llama;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.LanguageModelHead;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.parts.DecoderHeads;
import org.peft4j.transformers.parts.DecoderModel;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.FrozenBase.Sizes;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.Rotary;
import org.peft4j.transformers.parts.TokenEmbedding;

/** Builds decoders of the Llama family. */
public final class LlamaModel {

    private static final String HEAD = "lm_head";

    private LlamaModel() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        LlamaConfig config = LlamaConfig.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, DecoderModel.TASKS);
        // transformers keeps the decoder of a question answerer under another name
        boolean spans = head.task() == TaskType.QUESTION_ANS;
        Modules modules = new Modules(checkpoint, head, spans ? "transformer" : "model", "model");
        String root = modules.root();
        int width = config.hiddenSize();
        EmbeddingPoint table =
                modules.embedding(root + "embed_tokens", config.vocabularySize(), width);
        InputPoint input =
                modules.input(
                        root.isEmpty() ? "" : root.substring(0, root.length() - 1),
                        InputPoint.Kind.DECODER,
                        width);
        List<LlamaLayer> layers =
                IntStream.range(0, config.layers())
                        .mapToObj(index -> LlamaLayer.of(modules, config, index))
                        .toList();
        NormPoint norm = modules.rmsNorm(root + "norm", width, config.epsilon());
        DecoderStack stack =
                new DecoderStack(
                        new TokenEmbedding(table),
                        input,
                        DecoderStack.Entrance.PLAIN,
                        new Rotary(checkpoint.door(), config.headDim(), config.rope()),
                        layers,
                        config.windows(),
                        DecoderStack.Exit.norm(norm));
        boolean tied = head.task() == TaskType.CAUSAL_LM && config.tied();
        return new DecoderModel(
                checkpoint,
                modules,
                new Sizes(width, config.vocabularySize(), config.layers(), config.maxPositions()),
                stack,
                head(modules, config, table),
                tied ? Map.of(HEAD + ".weight", table.path() + ".weight") : Map.of());
    }

    private static TaskHead head(Modules modules, LlamaConfig config, EmbeddingPoint table) {
        if (modules.head().task() != TaskType.CAUSAL_LM) {
            return DecoderHeads.other(
                    modules, config.hiddenSize(), "score", config.initializerRange());
        }
        LinearPoint linear = DecoderHeads.vocabulary(modules, HEAD, table, config.tied(), false);
        return LanguageModelHead.causal(linear);
    }
}
