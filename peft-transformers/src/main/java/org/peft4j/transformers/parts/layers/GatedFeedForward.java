package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;

/** The gated feed-forward (Shazeer 2020): W_down (act(W_gate x) · W_up x). */
public record GatedFeedForward(
        LinearPoint gate, LinearPoint up, LinearPoint down, Activation activation)
        implements Sublayer.PositionWise {

    @Override
    public Tensor forward(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        if (isBare(context, gate) && isBare(context, up) && isBare(context, down)) {
            return ops.gatedMlp(
                    x,
                    context.weights(gate).weight(),
                    context.weights(up).weight(),
                    context.weights(down).weight(),
                    activation);
        }
        return down.forward(
                context, ops.gate(gate.forward(context, x), up.forward(context, x), activation));
    }

    /** Whether a linear is its weight alone in this pass. */
    static boolean isBare(ForwardContext context, LinearPoint linear) {
        return linear.isPlain(context) && context.weights(linear).bias() == null;
    }
}
