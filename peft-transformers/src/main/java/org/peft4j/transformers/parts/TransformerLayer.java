package org.peft4j.transformers.parts;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * A layer that is one residual sublayer after the other: self attention, in a decoder attention to
 * the encoder, and feed-forward.
 *
 * @param sublayers in order
 */
public record TransformerLayer(List<ResidualSublayer> sublayers)
        implements DecoderStack.Layer, EncoderStack.Layer {

    /** Copies the list. */
    public TransformerLayer {
        sublayers = List.copyOf(sublayers);
    }

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        try (Scope scope = context.ops().scope()) {
            Tensor y = x;
            for (ResidualSublayer sublayer : sublayers) {
                y = sublayer.forward(context, y, step);
            }
            return scope.keep(y);
        }
    }

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionMask mask) {
        return forward(context, x, AttentionCore.Step.encoding(mask));
    }
}
