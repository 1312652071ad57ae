package org.peft4j.transformers.parts;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;

/**
 * One sublayer with its residual connection and its norm.
 *
 * @param order where the norm is
 * @param norm the norm
 * @param body attention or feed-forward
 * @param output what it hands to the residual stream
 */
public record ResidualSublayer(Order order, NormPoint norm, Body body, SublayerPoint output) {

    /** Where the norm is. */
    public enum Order {
        /** x + body(norm(x)), as in T5. */
        NORM_FIRST,
        /** norm(x + body(x)), as in Vaswani et al. 2017 and BART. */
        NORM_LAST
    }

    /** Attention or feed-forward. */
    @FunctionalInterface
    public interface Body {
        /** Maps x, [batch, length, width], to the same shape. */
        Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step);
    }

    /** Maps x, [batch, length, width], to the same shape. */
    Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        Tensor read = order == Order.NORM_FIRST ? norm.forward(context, x) : x;
        Tensor sum = ops.add(x, output.forward(context, read, body.forward(context, read, step)));
        return order == Order.NORM_FIRST ? sum : norm.forward(context, sum);
    }
}
