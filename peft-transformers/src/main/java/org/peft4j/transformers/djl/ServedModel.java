package org.peft4j.transformers.djl;

import ai.djl.BaseModel;
import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.translate.Translator;
import java.nio.file.Path;
import java.util.Map;
import org.peft4j.core.Lifetime;
import org.peft4j.core.PeftModel;

/**
 * A {@code PeftModel} as a DJL model: {@code new ServedModel(block, checkpoint).newPredictor(
 * translator)}. Translators find {@code config.json} and the tokeniser in {@link #getModelPath}.
 * Closing it leaves the {@code PeftModel} open.
 */
public final class ServedModel extends BaseModel {

    private final Lifetime lifetime;

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
        this.lifetime =
                new Lifetime("this served model", "Make another one of the block.", super::close);
    }

    @Override
    public <I, O> Predictor<I, O> newPredictor(Translator<I, O> translator, Device device) {
        return lifetime.during(() -> new ServedPredictor<>(this, translator, device, lifetime));
    }

    /**
     * Refuses new predictions, and frees what predictions share once those that run have ended; the
     * {@code PeftModel} stays open.
     */
    @Override
    public void close() {
        lifetime.close();
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
