package org.peft4j.transformers.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftModel;

/** What both blocks share: a model that is run and never changed by DJL. */
abstract class ServingBlock extends AbstractBlock {

    private final PeftModel model;
    private final AdapterSelection selection;
    private final List<String> adapters;

    /**
     * Wraps a model.
     *
     * @param selection which adapters act where a request chooses none
     * @param adapters the adapters that requests choose from, by their number
     */
    ServingBlock(PeftModel model, AdapterSelection selection, List<String> adapters) {
        this.model = model;
        this.selection = selection;
        this.adapters = List.copyOf(adapters);
        adapters.forEach(model::adapter);
        selection.names().forEach(model::adapter);
    }

    /** Returns the model that runs. */
    public final PeftModel model() {
        return model;
    }

    /** Returns the adapters that requests choose from, in the order of their numbers. */
    public final List<String> adapters() {
        return adapters;
    }

    @Override
    protected final NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        if (training) {
            throw new UnsupportedOperationException(
                    "a served model is for inference. Train adapters with org.peft4j.train.Trainer"
                            + " and serve the result.");
        }
        ModelInputs given = ModelInputs.of(inputs);
        NDManager manager = inputs.head().getManager();
        return run(manager, given, given.selection(adapters, selection));
    }

    /**
     * Runs a batch.
     *
     * @param manager owns what is returned
     * @param inputs the batch
     * @param chosen which adapters act
     */
    abstract NDList run(NDManager manager, ModelInputs inputs, AdapterSelection chosen);

    /** The weights are there already. */
    @Override
    public final boolean isInitialized() {
        return true;
    }

    @Override
    public final void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        // nothing to make: the base is opened and its adapters loaded before
    }

    @Override
    public final void saveParameters(DataOutputStream stream) {
        throw new UnsupportedOperationException(
                "DJL's parameter files hold no adapters. Save them with PeftModel.save, or the"
                        + " merged model with PeftModel.writeMerged.");
    }

    @Override
    public final void loadParameters(NDManager manager, DataInputStream stream) {
        throw new UnsupportedOperationException(
                "DJL's parameter files hold no adapters. Load them with PeftModel.load.");
    }

    @Override
    public final void setInitializer(
            ai.djl.training.initializer.Initializer initializer, Parameter.Type type) {
        throw new UnsupportedOperationException("the weights of a served model are frozen.");
    }
}
