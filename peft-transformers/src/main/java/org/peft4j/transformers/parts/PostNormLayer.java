package org.peft4j.transformers.parts;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.NormPoint;

/**
 * A layer with its norms behind the residual sums (Vaswani et al. 2017): h = norm(x +
 * attention(x)), then norm(h + feedForward(h)).
 */
public record PostNormLayer(
        Sublayer attention, NormPoint attentionNorm, Sublayer feedForward, NormPoint outputNorm)
        implements DecoderStack.Layer {

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            Tensor attended = ops.add(x, attention.forward(context, x, step));
            Tensor h = attentionNorm.forward(context, attended);
            Tensor fed = ops.add(h, feedForward.forward(context, h, step));
            return scope.keep(outputNorm.forward(context, fed));
        }
    }
}
