package org.peft4j.transformers.parts;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.heads.TaskHead;

/** An encoder with a head. It predicts no next token, so it has no cache. */
public final class EncoderModel extends FrozenBase {

    /** The tasks of encoders. */
    public static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.SEQ_CLS,
                    TaskType.TOKEN_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    private final EncoderStack stack;
    private final @Nullable SharedEmbeddings embeddings;

    /**
     * Completes an encoder.
     *
     * @param stack its layers
     */
    public EncoderModel(
            OpenedCheckpoint checkpoint,
            Modules modules,
            Sizes sizes,
            EncoderStack stack,
            TaskHead head) {
        super(checkpoint, modules, sizes, head, Map.of());
        this.stack = stack;
        this.embeddings = null;
    }

    /**
     * Completes the encoder of what in other tasks is an encoder-decoder.
     *
     * @param stack its layers
     * @param embeddings the modules of its table
     */
    public EncoderModel(
            OpenedCheckpoint checkpoint,
            Modules modules,
            Sizes sizes,
            EncoderStack stack,
            TaskHead head,
            SharedEmbeddings embeddings) {
        super(checkpoint, modules, sizes, head, embeddings.ties());
        this.stack = stack;
        this.embeddings = embeddings;
    }

    @Override
    public Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        return stack.forward(context, batch, cache);
    }

    /**
     * Refuses: an encoder has no cache.
     *
     * @throws PeftException always
     */
    @Override
    public DecodingCache newCache(int rows, int capacity) {
        throw EncoderStack.noCache();
    }

    @Override
    protected WeightOverlay asStored(WeightOverlay changed, List<Tensor> made) {
        return embeddings == null ? changed : embeddings.asStored(door().weights(), changed, made);
    }
}
