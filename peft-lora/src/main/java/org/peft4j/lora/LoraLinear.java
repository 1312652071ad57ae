package org.peft4j.lora;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.AdditiveLinearPlacement;
import org.peft4j.core.points.LinearCall;
import org.peft4j.core.points.LinearWeights;

/**
 * LoRA at a linear: y = W x + b + s·(B A dropout(x) + c), with s = α/r (Hu et al. 2021, section
 * 4.1); with a gate, g(x) in place of s (Mao et al. 2022, section 3.1). The low-rank term is
 * computed in float32 whatever the dtype of W.
 *
 * @param a A, [r, in]
 * @param b B, [out, r]
 * @param c [out], peft's {@code lora_bias}; null for none
 * @param s the scaling; 1 beside a gate
 * @param gate g, or null
 * @param p the probability of dropout, in training only
 */
record LoraLinear(Tensor a, Tensor b, @Nullable Tensor c, double s, @Nullable Gate gate, double p)
        implements AdditiveLinearPlacement {

    /**
     * The mean of σ(w x + β) over the tokens of a row that a pass computes.
     *
     * @param weight w, [1, in]
     * @param bias β, [1]
     */
    record Gate(Tensor weight, Tensor bias) {}

    @Override
    public Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
        if (c != null || gate != null || !inner.isPlain()) {
            return AdditiveLinearPlacement.super.forward(context, inner, x);
        }
        LinearWeights frozen = inner.weightsFor(x);
        double dropout = context.isTraining() ? p : 0;
        return context.ops()
                .loraLinear(
                        x,
                        context.widened(x),
                        frozen.weight(),
                        frozen.bias(),
                        a,
                        b,
                        s,
                        dropout,
                        dropout > 0 ? context.nextSeed() : 0);
    }

    @Override
    public Tensor delta(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        double dropout = context.isTraining() ? p : 0;
        long seed = dropout > 0 ? context.nextSeed() : 0;
        Tensor wide = context.widened(x);
        Tensor delta = ops.loraDelta(wide, a, b, s, dropout, seed);
        if (gate != null) {
            return ops.sequenceGate(delta, wide, gate.weight(), gate.bias());
        }
        return c == null ? delta : ops.add(delta, ops.scale(c, s));
    }

    /** W + s·BA and b + s·c; what a gate does depends on x. */
    @Override
    public @Nullable LinearWeights merge(WeightOps ops, LinearWeights weights) {
        if (gate != null) {
            return null;
        }
        @Nullable Tensor bias = weights.bias();
        if (c != null && bias == null) {
            throw new PeftException(
                    "an adapter with lora_bias cannot be merged into a linear without a bias. Keep it"
                            + " as an adapter.");
        }
        try (Tensor product = ops.matmul(b, a);
                Tensor delta = ops.scale(product, s)) {
            Tensor weight = ops.merge(weights.weight(), delta);
            return new LinearWeights(
                    weight, c == null || bias == null ? bias : mergedBias(ops, bias, c));
        }
    }

    private Tensor mergedBias(WeightOps ops, Tensor bias, Tensor change) {
        try (Tensor scaled = ops.scale(change, s)) {
            return ops.merge(bias, scaled);
        }
    }
}
