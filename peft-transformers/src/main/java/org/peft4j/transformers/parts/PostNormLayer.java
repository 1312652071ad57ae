package org.peft4j.transformers.parts;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;

/**
 * A layer with its norms behind the residual sums (Vaswani et al. 2017): h = norm(x +
 * attention(x)), then norm(h + feedForward(h)).
 */
public record PostNormLayer(
        SelfAttention attention,
        SublayerPoint attentionOutput,
        NormPoint attentionNorm,
        FeedForward feedForward,
        SublayerPoint feedForwardOutput,
        NormPoint feedForwardNorm)
        implements EncoderStack.Layer {

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionMask mask) {
        Ops ops = context.ops();
        AttentionCore.Step step = new AttentionCore.Step(null, mask, null);
        try (Scope scope = ops.scope()) {
            Tensor attended =
                    attentionOutput.forward(context, x, attention.forward(context, x, step));
            Tensor h = attentionNorm.forward(context, ops.add(x, attended));
            Tensor fed = feedForwardOutput.forward(context, h, feedForward.forward(context, h));
            return scope.keep(feedForwardNorm.forward(context, ops.add(h, fed)));
        }
    }
}
