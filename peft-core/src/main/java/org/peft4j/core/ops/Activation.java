package org.peft4j.core.ops;

/** An activation function. */
public enum Activation {
    /** x σ(x), also called swish. */
    SILU(0),
    /** x Φ(x) (Hendrycks and Gimpel 2016). */
    GELU(1),
    /** The same by way of tanh. */
    GELU_TANH(2),
    RELU(3),
    TANH(4),
    SIGMOID(5),
    /** x σ(1.702 x). */
    QUICK_GELU(6),
    /** x, or 0.01 x below zero. */
    LEAKY_RELU(7);

    private final int code;

    Activation(int code) {
        this.code = code;
    }

    /** Returns its number in {@code operators.py}. */
    int code() {
        return code;
    }
}
