package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * A layer whose sublayers read the same stream (Wang and Komatsuzaki 2021): x + attention(norm(x))
 * + feedForward(norm(x)).
 */
public record ParallelLayer(Sublayer attention, Sublayer feedForward) implements Layer {

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            Tensor attended = attention.change(context, x, step);
            Tensor fed = feedForward.change(context, x, step);
            return scope.keep(ops.add(ops.add(fed, attended), x));
        }
    }
}
