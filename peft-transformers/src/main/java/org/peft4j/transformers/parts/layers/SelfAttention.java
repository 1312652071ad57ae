package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;

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
}
