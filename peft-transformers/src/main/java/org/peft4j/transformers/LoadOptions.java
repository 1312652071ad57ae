package org.peft4j.transformers;

import ai.djl.Device;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.VocabularySize;
import org.peft4j.core.ops.DType;

/**
 * How to open a checkpoint.
 *
 * @param device where weights and computation go
 * @param dtype the dtype of weights and hidden states; null takes what the checkpoint's config
 *     says, or else its weights have; where both are the same it costs no copy on the CPU
 * @param name what adapters record as their base, such as a hub name; null takes the directory
 * @param head what the head is to do; null takes what the checkpoint was saved for
 * @param vocabulary how many tokens the model gets; null takes as many as the checkpoint has
 */
public record LoadOptions(
        Device device,
        @Nullable DType dtype,
        @Nullable String name,
        @Nullable HeadOptions head,
        @Nullable VocabularySize vocabulary) {

    /** Checks the dtype. */
    public LoadOptions {
        if (dtype != null && (!dtype.isFloating() || dtype == DType.FLOAT64)) {
            throw new PeftException(
                    "a model computes in FLOAT32, BFLOAT16 or FLOAT16, not in " + dtype + ".");
        }
        if (dtype == DType.FLOAT16 && !device.isGpu()) {
            throw new PeftException("FLOAT16 is for GPUs. Choose FLOAT32 or BFLOAT16 on the CPU.");
        }
    }

    /** On the CPU, in the checkpoint's dtype and for its task, under the directory's name. */
    public static LoadOptions defaults() {
        return new LoadOptions(Device.cpu(), null, null, null, null);
    }

    /** The same on another device. */
    public LoadOptions withDevice(Device other) {
        return new LoadOptions(other, dtype, name, head, vocabulary);
    }

    /** The same in another dtype. */
    public LoadOptions withDtype(@Nullable DType other) {
        return new LoadOptions(device, other, name, head, vocabulary);
    }

    /** The same under another name. */
    public LoadOptions withName(@Nullable String other) {
        return new LoadOptions(device, dtype, other, head, vocabulary);
    }

    /** The same with another head. */
    public LoadOptions withHead(@Nullable HeadOptions other) {
        return new LoadOptions(device, dtype, name, other, vocabulary);
    }

    /** The same with another number of tokens; see {@link BaseModel#resizeTokenEmbeddings}. */
    public LoadOptions withVocabularySize(@Nullable VocabularySize other) {
        return new LoadOptions(device, dtype, name, head, other);
    }

    /** The same with so many tokens; see {@link BaseModel#resizeTokenEmbeddings}. */
    public LoadOptions withVocabularySize(int tokens) {
        return withVocabularySize(VocabularySize.of(tokens));
    }

    /** The same with the head of a task. */
    public LoadOptions withTask(TaskType task) {
        return withHead(HeadOptions.of(task));
    }
}
