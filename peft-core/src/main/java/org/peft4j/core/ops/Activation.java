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
    LEAKY_RELU(7),
    /** GELU, kept between −10 and 10. */
    GELU_10(8),
    /** x itself. */
    LINEAR(9),
    /** x tanh(log(1 + exp x)) (Misra 2019). */
    MISH(10),
    /** The square of RELU (So et al. 2021). */
    RELU_SQUARED(11),
    /** RELU, at most 6. */
    RELU_6(12),
    /** A normal distribution function that comes near RELU_SQUARED (Ma et al. 2022). */
    LAPLACE(13),
    /** x times RELU_6 of x + 3, over 6 (Howard et al. 2019). */
    HARD_SWISH(14),
    /** √(log(1 + exp x)). */
    SQRT_SOFTPLUS(15);

    private final int code;

    Activation(int code) {
        this.code = code;
    }

    /** Returns its number in {@code operators.py}. */
    int code() {
        return code;
    }
}
