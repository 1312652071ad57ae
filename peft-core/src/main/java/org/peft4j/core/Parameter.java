package org.peft4j.core;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;

/** A trainable tensor of an adapter, FLOAT32, under the name that it has in the adapter's file. */
public final class Parameter {

    private final String key;
    private final Tensor value;
    private @Nullable Tensor gradient;

    /**
     * Names a tensor.
     *
     * @param key its name in the adapter's file
     * @param value FLOAT32; closed with the adapter that the parameter belongs to
     */
    public Parameter(String key, Tensor value) {
        this.key = key;
        this.value = value;
    }

    /** Returns the name in {@code adapter_model.safetensors}. */
    public String key() {
        return key;
    }

    /** Returns the tensor; optimisers change it in place. */
    public Tensor value() {
        return value;
    }

    /** Returns the gradient gathered since it was last cleared, or null if there is none. */
    public @Nullable Tensor gradient() {
        return gradient;
    }

    /** Replaces the gradient and closes the old one; null clears it. */
    public void setGradient(@Nullable Tensor next) {
        if (gradient != null && gradient != next) {
            gradient.close();
        }
        gradient = next;
    }

    void close() {
        setGradient(null);
        value.close();
    }

    @Override
    public String toString() {
        return key + " " + value;
    }
}
