package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;

/** The gated feed-forward with gate and up in one matrix: W_down (act(g) · u), (g, u) = W x. */
public record FusedGatedFeedForward(LinearPoint gateUp, LinearPoint down, Activation activation)
        implements Sublayer.PositionWise {

    @Override
    public Tensor forward(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        if (GatedFeedForward.isBare(context, gateUp) && GatedFeedForward.isBare(context, down)) {
            return ops.fusedGatedMlp(
                    x,
                    context.weights(gateUp).weight(),
                    context.weights(down).weight(),
                    activation);
        }
        return down.forward(context, ops.fusedGate(gateUp.forward(context, x), activation));
    }
}
