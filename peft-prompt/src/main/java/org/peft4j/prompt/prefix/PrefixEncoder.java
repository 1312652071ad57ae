package org.peft4j.prompt.prefix;

import org.peft4j.core.EncoderParameters;
import org.peft4j.core.Encoding;
import org.peft4j.core.Initializer;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * The reparameterisation of a prefix (Li and Liang 2021, section 4.3): P = W₂ f(W₁ e + b₁) + b₂,
 * where f is tanh in the paper.
 *
 * @param names of its parameters
 * @param tokens virtual tokens
 * @param tokenDim the width of e
 * @param hidden the width between
 * @param columns the width of P
 * @param activation f
 * @param startsAtZero whether P is 0 at first
 */
record PrefixEncoder(
        Names names,
        int tokens,
        int tokenDim,
        int hidden,
        long columns,
        Activation activation,
        boolean startsAtZero) {

    /**
     * What its parameters are called.
     *
     * @param embedding e, which gets {@code .weight}
     * @param transform the rest, which gets {@code .0.weight}, {@code .2.bias} …
     */
    record Names(String embedding, String transform) {}

    Encoding build(EncoderParameters parameters) {
        Tensor e =
                parameters.parameter(
                        names.embedding() + ".weight", Initializer.normal(1), tokens, tokenDim);
        Tensor w1 =
                parameters.parameter(
                        names.transform() + ".0.weight",
                        Initializer.kaimingUniform(),
                        hidden,
                        tokenDim);
        Tensor b1 = parameters.parameter(names.transform() + ".0.bias", bound(tokenDim), hidden);
        Tensor w2 = parameters.parameter(names.transform() + ".2.weight", last(), columns, hidden);
        Tensor b2 = parameters.parameter(names.transform() + ".2.bias", last(), columns);
        return context -> {
            Ops ops = context.ops();
            Tensor h = ops.activation(ops.linear(e, w1, b1), activation);
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
