package org.peft4j.transformers.parts;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.transformers.parts.cache.KeyValueCache;
import org.peft4j.transformers.parts.rotary.Rotary;

/** A decoder with a head: what most families are, once their layers are built. */
public final class DecoderModel extends FrozenBase {

    /** The tasks of decoders. */
    public static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.CAUSAL_LM,
                    TaskType.SEQ_CLS,
                    TaskType.TOKEN_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    /** The tasks of those that have no head for spans. */
    public static final Set<TaskType> TASKS_WITHOUT_SPANS =
            Set.of(
                    TaskType.CAUSAL_LM,
                    TaskType.SEQ_CLS,
                    TaskType.TOKEN_CLS,
                    TaskType.FEATURE_EXTRACTION);

    private final DecoderStack stack;

    /**
     * Completes a decoder.
     *
     * @param stack its layers
     * @param head what is read from its hidden states
     */
    public DecoderModel(
            OpenedCheckpoint checkpoint,
            Modules modules,
            Sizes sizes,
            DecoderStack stack,
            DecoderHead head) {
        super(checkpoint, modules, sizes, head.task(), head.ties());
        this.stack = head.task().readsPadding() ? stack.readingPadding() : stack;
    }

    @Override
    public Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        return cache instanceof SwitchingCache switching
                ? switching.forward(stack, context, batch)
                : stack.forward(context, batch, cache);
    }

    @Override
    public DecodingCache newCache(int rows, int capacity) {
        @Nullable Rotary rotary = stack.rotary();
        return rotary != null && rotary.scaling().switches()
                ? new SwitchingCache(
                        count -> keyValueCache(count, capacity),
                        rows,
                        rotary.scaling().constantUpTo())
                : keyValueCache(rows, capacity);
    }

    private KeyValueCache keyValueCache(int rows, int capacity) {
        AttentionPoint attention = points().of(AttentionPoint.class).get(0);
        return new KeyValueCache(
                door().weights(),
                info().dtype(),
                info().layers(),
                attention.keyValueHeads(),
                attention.headDim(),
                rows,
                capacity);
    }
}
