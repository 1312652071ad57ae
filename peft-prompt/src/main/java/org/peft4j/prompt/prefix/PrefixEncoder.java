package org.peft4j.prompt.prefix;

import org.peft4j.core.EncoderParameters;
import org.peft4j.core.Encoding;
import org.peft4j.core.Initializer;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * The reparameterisation of a prefix (Li and Liang 2021, section 4.3): P = W₂ tanh(W₁ e + b₁) + b₂.
 * Its parameters have the names of peft's {@code PrefixEncoder}.
 *
 * @param names what its parameters' names start with
 * @param tokens virtual tokens
 * @param tokenDim the width of e
 * @param hidden the width between
 * @param columns the width of P
 * @param startsAtZero whether P is 0 at first
 */
record PrefixEncoder(
        String names, int tokens, int tokenDim, int hidden, long columns, boolean startsAtZero) {

    Encoding build(EncoderParameters parameters) {
        Tensor e =
                parameters.parameter(
                        names + "embedding.weight", Initializer.normal(1), tokens, tokenDim);
        Tensor w1 =
                parameters.parameter(
                        names + "transform.0.weight",
                        Initializer.kaimingUniform(),
                        hidden,
                        tokenDim);
        Tensor b1 = parameters.parameter(names + "transform.0.bias", bound(tokenDim), hidden);
        Tensor w2 = parameters.parameter(names + "transform.2.weight", last(), columns, hidden);
        Tensor b2 = parameters.parameter(names + "transform.2.bias", last(), columns);
        return context -> {
            Ops ops = context.ops();
            Tensor h = ops.activation(ops.linear(e, w1, b1), Activation.TANH);
            return ops.linear(h, w2, b2);
        };
    }

    private Initializer last() {
        return startsAtZero ? Initializer.constant(0) : bound(hidden);
    }

    /** As {@code torch.nn.Linear} starts weights and biases. */
    private static Initializer bound(int in) {
        return Initializer.uniform(1 / Math.sqrt(in));
    }
}
