package org.peft4j.transformers.parts;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.AttentionMask;
import org.peft4j.transformers.parts.layers.Layer;
import org.peft4j.transformers.parts.layers.RelativePositions;

/**
 * An encoder: embedded tokens, and one layer after the other in which every token sees all others.
 *
 * @param embedding embeds the ids
 * @param input where methods change the embedded sequence
 * @param entrance what happens between there and the first layer, as positions and a norm
 * @param relative relative positions, or null
 * @param layers the layers, in order
 * @param exit the last norm
 */
public record EncoderStack(
        TokenEmbedding embedding,
        InputPoint input,
        Entrance entrance,
        @Nullable RelativePositions relative,
        List<? extends Layer> layers,
        DecoderStack.Exit exit) {

    /** What comes before the first layer. */
    @FunctionalInterface
    public interface Entrance {

        /** The embedded sequence as it is. */
        Entrance PLAIN = (context, flow, batch) -> flow.embeddings();

        /**
         * Maps the embedded sequence to what the first layer reads.
         *
         * @param flow [batch, length, width], with the virtual tokens of methods
         * @param batch the tokens that came in
         */
        Tensor enter(ForwardContext context, InputFlow flow, TokenBatch batch);

        /** Returns whether it tells token types apart; if not, a batch must have none. */
        default boolean readsTypes() {
            return false;
        }
    }

    /**
     * What an encoder made of a text.
     *
     * @param hidden its hidden states, [rows, length, width]
     * @param layout where their tokens lie, virtual ones included
     */
    public record Output(Tensor hidden, SequenceLayout layout) {}

    /** An encoder without relative positions, whose last layer gives the hidden states. */
    public EncoderStack(
            TokenEmbedding embedding,
            InputPoint input,
            Entrance entrance,
            List<? extends Layer> layers) {
        this(embedding, input, entrance, null, layers, (context, x) -> x);
    }

    /** Copies the list. */
    public EncoderStack {
        layers = List.copyOf(layers);
    }

    /**
     * Runs the encoder.
     *
     * @param cache must be null
     * @return the hidden states, [rows, length, width]
     * @throws PeftException if there is a cache, or the batch continues one
     */
    public Tensor forward(ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        if (cache != null) {
            throw noCache();
        }
        return encode(context, batch).hidden();
    }

    /**
     * Runs the encoder.
     *
     * @throws PeftException if the batch continues another, or has token types that nothing reads
     */
    public Output encode(ForwardContext context, TokenBatch batch) {
        if (batch.layout().past() != 0) {
            throw noCache();
        }
        if (!entrance.readsTypes()) {
            TokenTypes.refuse(batch);
        }
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            InputFlow flow =
                    input.forward(
                            context,
                            InputFlow.of(embedding.forward(context, batch), batch.layout(), batch));
            Tensor x = entrance.enter(context, flow, batch);
            AttentionMask mask = mask(context, flow.layout());
            AttentionCore.Step step = AttentionCore.Step.encoding(mask);
            for (Layer layer : layers) {
                Tensor next = layer.forward(context, x, step);
                x.close();
                x = next;
            }
            return new Output(scope.keep(exit.leave(context, x)), flow.layout());
        }
    }

    private AttentionMask mask(ForwardContext context, SequenceLayout layout) {
        Ops ops = context.ops();
        return relative == null
                ? AttentionMask.padding(ops, layout, input.table().table())
                : AttentionMask.paddingWithBias(ops, layout, relative.bias(context, layout));
    }

    static PeftException noCache() {
        return new PeftException(
                "an encoder sees its whole text at once, so it neither makes nor takes a cache."
                        + " Run it on the whole batch.");
    }
}
