package org.peft4j.transformers.parts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.parts.cache.KeyValueCache;
import org.peft4j.transformers.parts.layers.AttentionMask;
import org.peft4j.transformers.parts.layers.CrossAttention;

/**
 * An encoder that reads a text, and a decoder that attends to it.
 *
 * <p>For SEQ_2_SEQ_LM a batch is the decoder's and has a source, which the encoder reads. For the
 * other tasks a batch without a source is the encoder's, and the decoder reads the same ids one
 * position late.
 *
 * <p>The table of embeddings that both sides read goes by the names of three modules: {@code
 * shared} acts on both sides, {@code encoder.embed_tokens} and {@code decoder.embed_tokens} on
 * their own. Since transformers 5 its {@code shared} acts on nothing; before that it was the only
 * one of the three.
 */
public final class EncoderDecoderModel extends FrozenBase {

    /** The tasks of encoder-decoders. */
    public static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.SEQ_2_SEQ_LM,
                    TaskType.SEQ_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    private final SharedEmbeddings embeddings;
    private final EncoderStack encoder;
    private final DecoderStack decoder;
    private final AttentionPoint decoderAttention;
    private final DecoderStart start;

    /**
     * The two stacks of an encoder-decoder.
     *
     * @param encoder reads the source
     * @param decoder reads the batch
     * @param decoderAttention one of the decoder's self attentions; all have the same heads
     * @param start what the decoder begins with
     */
    public record Stacks(
            EncoderStack encoder,
            DecoderStack decoder,
            AttentionPoint decoderAttention,
            DecoderStart start) {}

    /**
     * Completes an encoder-decoder.
     *
     * @param embeddings the modules of the table that both sides read
     * @param ties which tensors are others
     */
    public EncoderDecoderModel(
            OpenedCheckpoint checkpoint,
            Modules modules,
            Sizes sizes,
            SharedEmbeddings embeddings,
            Stacks stacks,
            TaskHead head,
            Ties ties) {
        super(checkpoint, modules, sizes, head, ties);
        this.embeddings = embeddings;
        this.encoder = stacks.encoder();
        this.decoder = stacks.decoder();
        this.decoderAttention = stacks.decoderAttention();
        this.start = stacks.start();
    }

    @Override
    public Optional<DecoderStart> decoderStart() {
        return Optional.of(start);
    }

    @Override
    public Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        KeyValueCache past = KeyValueCache.from(cache);
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            SequenceLayout kept = past == null ? null : past.source();
            if (kept != null) {
                AttentionMask mask = AttentionMask.padding(ops, kept, embeddings.shared().table());
                CrossAttention.Encoded encoded = new CrossAttention.Encoded(null, mask);
                return scope.keep(decoder.forward(context, batch, cache, encoded));
            }
            EncoderStack.Output read = encoder.encode(context, source(batch));
            AttentionMask mask = AttentionMask.padding(ops, read.layout(), read.hidden());
            CrossAttention.Encoded encoded = new CrossAttention.Encoded(read.hidden(), mask);
            Tensor hidden = decoder.forward(context, decoderInput(batch), cache, encoded);
            if (past != null) {
                past.keepSource(read.layout());
            }
            return scope.keep(hidden);
        }
    }

    private boolean predictsText() {
        return info().task() == TaskType.SEQ_2_SEQ_LM;
    }

    private TokenBatch source(TokenBatch batch) {
        if (predictsText()) {
            return batch.requireSource();
        }
        @Nullable TokenBatch source = batch.source();
        if (source != null && info().task() != TaskType.FEATURE_EXTRACTION) {
            throw new PeftException(
                    "for "
                            + info().task()
                            + " the batch is the text itself, which encoder and decoder both read,"
                            + " and has no source. Give the text as the batch.");
        }
        return source == null ? batch : source;
    }

    private TokenBatch decoderInput(TokenBatch batch) {
        if (predictsText() || batch.source() != null) {
            return batch;
        }
        List<long[]> rows = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            long[] ids = new long[batch.length()];
            System.arraycopy(batch.inputIds(), row * ids.length, ids, 0, ids.length);
            rows.add(start.shifted(ids));
        }
        TokenBatch late = TokenBatch.of(rows.toArray(long[][]::new));
        long[] tasks = batch.taskIds();
        return tasks == null ? late : late.withTaskIds(tasks);
    }

    @Override
    public DecodingCache newCache(int rows, int capacity) {
        return new KeyValueCache(
                door().weights(),
                info().dtype(),
                decoder.layers().size(),
                decoderAttention.keyValueHeads(),
                decoderAttention.headDim(),
                rows,
                capacity);
    }

    @Override
    public List<LinearPoint> tiedTo(EmbeddingPoint embedding) {
        return embeddings.hasHead(embedding) ? super.tiedTo(embedding) : List.of();
    }

    @Override
    protected WeightOverlay asStored(WeightOverlay changed, List<Tensor> made) {
        return embeddings.asStored(door().weights(), changed, made);
    }
}
