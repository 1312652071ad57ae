package org.peft4j.transformers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.Tensor;

/**
 * A {@code PeftModel} as a DJL block: one forward pass.
 *
 * <p>Inputs are those of DJL's Hugging Face translators: {@code input_ids}, {@code attention_mask}
 * and {@code token_type_ids}, INT64 or INT32 [rows, length], the latter two optional. A further
 * INT64 array named {@code adapters}, [rows], chooses an adapter for each row (see {@link
 * AdapterTranslator}). Outputs are FLOAT32 logits, as {@link org.peft4j.core.BaseModel#logits}
 * says; of QUESTION_ANS two arrays, the logits of the first and of the last token; of
 * FEATURE_EXTRACTION the hidden states. Safe for many threads.
 */
public final class PeftBlock extends ServingBlock {

    /**
     * Wraps a model.
     *
     * @param model stays the caller's to close
     * @param selection which adapters act where a request chooses none
     * @param adapters the adapters that requests choose from
     */
    public PeftBlock(PeftModel model, AdapterSelection selection, List<String> adapters) {
        super(model, selection, adapters);
    }

    /** Wraps a model whose requests all use the same adapters. */
    public PeftBlock(PeftModel model, AdapterSelection selection) {
        this(model, selection, List.of());
    }

    @Override
    NDList run(NDManager manager, ModelInputs inputs, AdapterSelection chosen) {
        try (Tensor logits = model().logits(chosen, inputs.batch())) {
            NDArray array = manager.create(logits.toFloats(), logits.shape());
            if (model().base().info().task() == TaskType.QUESTION_ANS) {
                return new NDList(array.get(":, :, 0"), array.get(":, :, 1"));
            }
            if (model().base().info().task() == TaskType.FEATURE_EXTRACTION) {
                array.setName("last_hidden_state");
            }
            return new NDList(array);
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long rows = inputShapes[0].get(0);
        long length = inputShapes[0].get(1);
        long labels = Math.max(1, model().base().labels().size());
        long vocabulary = model().base().info().vocabularySize();
        return switch (model().base().info().task()) {
            case SEQ_CLS -> new Shape[] {new Shape(rows, labels)};
            case TOKEN_CLS -> new Shape[] {new Shape(rows, length, labels)};
            case QUESTION_ANS -> new Shape[] {new Shape(rows, length), new Shape(rows, length)};
            case CAUSAL_LM, SEQ_2_SEQ_LM -> new Shape[] {new Shape(rows, length, vocabulary)};
            case FEATURE_EXTRACTION ->
                    new Shape[] {new Shape(rows, length, model().base().info().hiddenSize())};
        };
    }
}
