package org.peft4j.transformers.parts.layers;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/** One layer of an encoder or a decoder. */
@FunctionalInterface
public interface Layer {
    /** Maps x, [batch, length, width], to the same shape. */
    Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step);
}
