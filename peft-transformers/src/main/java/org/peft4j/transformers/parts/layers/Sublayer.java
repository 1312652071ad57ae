package org.peft4j.transformers.parts.layers;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerFlow;
import org.peft4j.core.points.SublayerPoint;

/**
 * Attention or a feed-forward on its way from the residual stream and back to it.
 *
 * @param norm what it reads the stream through, or null for nothing
 * @param transform the attention or the feed-forward
 * @param point where the result joins the stream
 * @param outputNorm a norm of the result before it does, as in Gemma 2, or null
 */
public record Sublayer(
        @Nullable NormPoint norm,
        Transform transform,
        SublayerPoint point,
        @Nullable NormPoint outputNorm) {

    /** What a sublayer computes. */
    @FunctionalInterface
    public interface Transform {
        /** Maps x, [batch, length, width], to the same shape. */
        Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step);
    }

    /** What maps every position on its own: a feed-forward. */
    public interface PositionWise extends Transform {
        /** Maps x, [batch, length, width], to the same shape. */
        Tensor forward(ForwardContext context, Tensor x);

        @Override
        default Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
            return forward(context, x);
        }
    }

    /** A sublayer without a norm of its result. */
    public static Sublayer of(@Nullable NormPoint norm, Transform transform, SublayerPoint point) {
        return new Sublayer(norm, transform, point, null);
    }

    /** Returns the stream behind this sublayer, [batch, length, width]. */
    public Tensor forward(ForwardContext context, Tensor stream, AttentionCore.Step step) {
        return point.join(context, flow(context, stream, step));
    }

    /** Returns what is to be added to the stream, [batch, length, width]. */
    public Tensor change(ForwardContext context, Tensor stream, AttentionCore.Step step) {
        return point.change(context, flow(context, stream, step));
    }

    private SublayerFlow flow(ForwardContext context, Tensor stream, AttentionCore.Step step) {
        Tensor read = norm == null ? stream : norm.forward(context, stream);
        Tensor computed = transform.forward(context, read, step);
        Tensor output = outputNorm == null ? computed : outputNorm.forward(context, computed);
        return new SublayerFlow(stream, read, output);
    }
}
