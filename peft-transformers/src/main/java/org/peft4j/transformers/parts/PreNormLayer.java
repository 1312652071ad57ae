package org.peft4j.transformers.parts;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * A layer whose sublayers read through a norm: h = x + attention(norm(x)), then h +
 * feedForward(norm(h)).
 */
public record PreNormLayer(Sublayer attention, Sublayer feedForward) implements DecoderStack.Layer {

    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            Tensor h = ops.add(x, attention.forward(context, x, step));
            return scope.keep(ops.add(h, feedForward.forward(context, h, step)));
        }
    }
}
