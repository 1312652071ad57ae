package org.peft4j.transformers.parts;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * A layer whose sublayers read through a norm: x + attention(norm(x)), and so on for each.
 *
 * @param sublayers attention, in an encoder-decoder attention to the encoder, and feed-forward
 */
public record PreNormLayer(List<Sublayer> sublayers) implements DecoderStack.Layer {

    /** Copies the list. */
    public PreNormLayer {
        sublayers = List.copyOf(sublayers);
    }

    /** A layer of two sublayers. */
    public PreNormLayer(Sublayer attention, Sublayer feedForward) {
        this(List.of(attention, feedForward));
    }

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            Tensor stream = x;
            for (Sublayer sublayer : sublayers) {
                stream = ops.add(stream, sublayer.forward(context, stream, step));
            }
            return scope.keep(stream);
        }
    }
}
