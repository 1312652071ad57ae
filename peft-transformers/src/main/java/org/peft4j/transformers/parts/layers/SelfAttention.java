package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.AttentionOps;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;

/** Self attention with a projection each for queries, keys, values and the output. */
public record SelfAttention(
        LinearPoint query,
        LinearPoint key,
        LinearPoint value,
        AttentionCore core,
        LinearPoint output)
        implements Sublayer.Transform {

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        if (core.isWhole(context, step) && arePlain(context)) {
            return core.whole(context, x, weights(context), step);
        }
        Tensor attended =
                core.forward(
                        context,
                        x,
                        query.forward(context, x),
                        key.forward(context, x),
                        value.forward(context, x),
                        step);
        return output.forward(context, attended);
    }

    private boolean arePlain(ForwardContext context) {
        return query.isPlain(context)
                && key.isPlain(context)
                && value.isPlain(context)
                && output.isPlain(context);
    }

    private AttentionOps.ProjectionWeights weights(ForwardContext context) {
        return new AttentionOps.ProjectionWeights(
                linear(context, query),
                linear(context, key),
                linear(context, value),
                linear(context, output));
    }

    private static AttentionOps.Linear linear(ForwardContext context, LinearPoint point) {
        LinearWeights weights = context.weights(point);
        return new AttentionOps.Linear(weights.weight(), weights.bias());
    }
}
