package org.peft4j.transformers.djl;

import ai.djl.BaseModel;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtEngine;
import java.nio.file.Path;
import java.util.Map;
import org.peft4j.core.PeftModel;

/**
 * A {@code PeftModel} as a DJL model: {@code new ServedModel(block, checkpoint).newPredictor(
 * translator)}. Translators find {@code config.json} and the tokeniser in {@link #getModelPath}.
 * Closing it leaves the {@code PeftModel} open.
 */
public final class ServedModel extends BaseModel {

    /**
     * Makes a model.
     *
     * @param block a {@link PeftBlock} or {@link GeneratorBlock}
     * @param checkpoint the directory that translators read
     */
    public ServedModel(PeftBlock block, Path checkpoint) {
        this(block, block.model(), checkpoint);
    }

    /**
     * Makes a model that continues texts.
     *
     * @param block what generates
     * @param checkpoint the directory that translators read
     */
    public ServedModel(GeneratorBlock block, Path checkpoint) {
        this(block, block.model(), checkpoint);
    }

    private ServedModel(Block block, PeftModel model, Path checkpoint) {
        super(model.base().info().nameOrPath());
        setModelDir(checkpoint);
        setBlock(block);
        this.dataType = DataType.FLOAT32;
        this.manager =
                Engine.getEngine(PtEngine.ENGINE_NAME).newBaseManager(model.base().door().device());
    }

    /** Does not apply: the base is opened by {@code Checkpoints} and adapters by the model. */
    @Override
    public void load(Path directory, String prefix, Map<String, ?> options) {
        throw new UnsupportedOperationException(
                "open the base with Checkpoints.open, load adapters with PeftModel.load, and make"
                        + " a ServedModel of the result.");
    }

    /** Does not apply: adapters and merged models are saved in Hugging Face's formats. */
    @Override
    public void save(Path directory, String name) {
        throw new UnsupportedOperationException(
                "save adapters with PeftModel.save, or the merged model with"
                        + " PeftModel.writeMerged.");
    }
}
