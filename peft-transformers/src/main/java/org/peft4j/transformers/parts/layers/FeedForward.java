package org.peft4j.transformers.parts.layers;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;

/** The plain feed-forward (Vaswani et al. 2017): W_down act(W_up x). */
public record FeedForward(LinearPoint up, Activation activation, LinearPoint down)
        implements Sublayer.PositionWise {

    @Override
    public Tensor forward(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        if (up.isPlain(context) && down.isPlain(context)) {
            LinearWeights first = context.weights(up);
            LinearWeights second = context.weights(down);
            @Nullable Tensor firstBias = first.bias();
            @Nullable Tensor secondBias = second.bias();
            return ops.mlp(x, first.weight(), firstBias, second.weight(), secondBias, activation);
        }
        return down.forward(context, ops.activation(up.forward(context, x), activation));
    }
}
