package org.peft4j.transformers.parts;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.NormPoint;

/**
 * A layer with its norms behind the residual sums (Vaswani et al. 2017): norm(x + attention(x)),
 * and so on for each sublayer.
 *
 * @param parts attention, in an encoder-decoder attention to the encoder, and feed-forward
 */
public record PostNormLayer(List<Part> parts) implements DecoderStack.Layer {

    /** A sublayer, and the norm behind its residual sum. */
    public record Part(Sublayer sublayer, NormPoint norm) {}

    /** Copies the list. */
    public PostNormLayer {
        parts = List.copyOf(parts);
    }

    /** A layer of two sublayers. */
    public PostNormLayer(
            Sublayer attention, NormPoint attentionNorm, Sublayer feedForward, NormPoint norm) {
        this(List.of(new Part(attention, attentionNorm), new Part(feedForward, norm)));
    }

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            Tensor stream = x;
            for (Part part : parts) {
                Tensor sum = ops.add(stream, part.sublayer().forward(context, stream, step));
                stream = part.norm().forward(context, sum);
            }
            return scope.keep(stream);
        }
    }
}
