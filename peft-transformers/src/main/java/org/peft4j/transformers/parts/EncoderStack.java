package org.peft4j.transformers.parts;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;

/**
 * An encoder: embedded tokens, and one layer after the other in which every token sees all others.
 *
 * @param embedding embeds the ids
 * @param input where methods change the embedded sequence
 * @param entrance what happens between there and the first layer, as positions and a norm
 * @param layers the layers, in order
 */
public record EncoderStack(
        TokenEmbedding embedding,
        InputPoint input,
        Entrance entrance,
        List<? extends Layer> layers) {

    /** One layer. */
    @FunctionalInterface
    public interface Layer {
        /**
         * Maps x, [batch, length, width], to the same shape.
         *
         * @param mask which keys are tokens
         */
        Tensor forward(ForwardContext context, Tensor x, AttentionMask mask);
    }

    /** What comes before the first layer. */
    @FunctionalInterface
    public interface Entrance {
        /**
         * Maps the embedded sequence to what the first layer reads.
         *
         * @param flow [batch, length, width], with the virtual tokens of methods
         * @param batch the tokens that came in
         */
        Tensor enter(ForwardContext context, InputFlow flow, TokenBatch batch);
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
        if (cache != null || batch.layout().past() != 0) {
            throw noCache();
        }
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            InputFlow flow =
                    input.forward(
                            context,
                            new InputFlow(embedding.forward(context, batch), batch.layout()));
            Tensor x = entrance.enter(context, flow, batch);
            AttentionMask mask = AttentionMask.padding(ops, flow.layout(), x);
            for (Layer layer : layers) {
                Tensor next = layer.forward(context, x, mask);
                x.close();
                x = next;
            }
            return scope.keep(x);
        }
    }

    static PeftException noCache() {
        return new PeftException(
                "an encoder sees its whole text at once, so it neither makes nor takes a cache."
                        + " Run it on the whole batch.");
    }
}
