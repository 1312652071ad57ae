package org.peft4j.transformers.families.llama;

import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.parts.DecoderModel;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.RotaryDecoder;

/** Builds decoders of the Llama family. */
public final class LlamaModel {

    private LlamaModel() {}

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        LlamaConfig config = LlamaConfig.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, DecoderModel.TASKS);
        Modules modules = new Modules(checkpoint, head, prefix(config, head), "model");
        return config.decoder()
                .build(
                        checkpoint,
                        modules,
                        RotaryDecoder.Scales.NONE,
                        index -> LlamaLayers.layer(modules, config, index),
                        path ->
                                modules.rmsNorm(
                                        path, config.decoder().hiddenSize(), config.epsilon()));
    }

    /** transformers keeps the decoder of most question answerers under another name. */
    private static String prefix(LlamaConfig config, HeadConfig head) {
        boolean spans = head.task() == TaskType.QUESTION_ANS;
        return spans && !config.modelType().equals("mistral") ? "transformer" : "model";
    }
}
