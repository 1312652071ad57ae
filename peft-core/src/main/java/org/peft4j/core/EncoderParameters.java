package org.peft4j.core;

import org.peft4j.core.ops.Tensor;

/** Takes the parameters of an encoder from its method. */
@FunctionalInterface
public interface EncoderParameters {

    /**
     * Adds a trainable parameter.
     *
     * @param key its name in {@code prompt_encoder.safetensors}
     * @param initializer its values if the adapter is new
     * @param shape its shape
     * @return the FLOAT32 tensor, on the base's device
     */
    Tensor parameter(String key, Initializer initializer, long... shape);
}
