package org.peft4j.transformers.parts.layers;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * A layer whose sublayers read and change the stream one after the other. Each brings its norms:
 * those that it reads through, x + attention(norm(x)), as in GPT-2, or those behind the sum, norm(x
 * + attention(x)), as in Vaswani et al. 2017.
 *
 * @param sublayers attention, in an encoder-decoder attention to the encoder, and feed-forward
 */
public record SequentialLayer(List<Sublayer> sublayers) implements Layer {

    /** Copies the list. */
    public SequentialLayer {
        sublayers = List.copyOf(sublayers);
    }

    /** A layer of two sublayers. */
    public SequentialLayer(Sublayer attention, Sublayer feedForward) {
        this(List.of(attention, feedForward));
    }

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        try (Scope scope = context.ops().scope()) {
            Tensor stream = x;
            for (Sublayer sublayer : sublayers) {
                stream = sublayer.forward(context, stream, step);
            }
            return scope.keep(stream);
        }
    }
}
