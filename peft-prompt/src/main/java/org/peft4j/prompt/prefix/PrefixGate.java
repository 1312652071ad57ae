package org.peft4j.prompt.prefix;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * How much of a prefix acts in a row: the mean of σ(W x + b) over the tokens x that the attention
 * reads (Mao et al. 2022, section 3.1).
 *
 * @param weight W, [gates, width]: one gate for keys and values, or one for each
 * @param bias b, [gates]
 */
record PrefixGate(Tensor weight, Tensor bias) {

    /**
     * What the prefix is multiplied with.
     *
     * @param keys [rows, 1]
     * @param values [rows, 1]
     */
    record Gates(Tensor keys, Tensor values) {}

    Gates of(ForwardContext context, Tensor read) {
        Ops ops = context.ops();
        Tensor gates = ops.gates(context.widened(read), weight, bias);
        return new Gates(ops.narrow(gates, 1, 0, 1), ops.narrow(gates, 1, gates.size(1) - 1, 1));
    }
}
