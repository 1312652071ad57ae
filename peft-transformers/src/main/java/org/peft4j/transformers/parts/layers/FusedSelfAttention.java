package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;

/**
 * Self attention with one projection for queries, keys and values together.
 *
 * @param layout how they lie in what it gives
 */
public record FusedSelfAttention(
        LinearPoint queryKeyValue, FusedLayout layout, AttentionCore core, LinearPoint output)
        implements Sublayer.Transform {

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Tensor projected = queryKeyValue.forward(context, x);
        return output.forward(context, core.forward(context, x, projected, layout, step));
    }
}
