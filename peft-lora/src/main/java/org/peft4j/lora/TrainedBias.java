package org.peft4j.lora;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.LinearCall;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormWeights;

/** A bias that is trained as a whole, peft's {@code bias} setting. */
final class TrainedBias {

    private TrainedBias() {}

    /**
     * At a linear, with what else the adapter does there.
     *
     * @param bias [out], stands in for the frozen one
     * @param around null if the bias is all
     */
    record OfLinear(Tensor bias, @Nullable LinearPlacement around) implements LinearPlacement {

        @Override
        public LinearWeights weights(ForwardContext context, LinearWeights weights) {
            return weights.withBias(bias);
        }

        @Override
        public Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
            return around == null ? inner.apply(x) : around.forward(context, inner, x);
        }

        @Override
        public @Nullable LinearWeights merge(WeightOps ops, LinearWeights weights) {
            LinearWeights trained = weights.withBias(bias);
            LinearWeights merged = around == null ? trained : around.merge(ops, trained);
            return merged == null || merged.bias() != bias
                    ? merged
                    : merged.withBias(ops.clone(bias)); // the caller closes what it gets
        }
    }

    /** At a norm. */
    record OfNorm(Tensor bias) implements NormPlacement {

        @Override
        public NormWeights weights(ForwardContext context, NormWeights weights) {
            return new NormWeights(weights.weight(), bias);
        }

        @Override
        public NormWeights merge(WeightOps ops, NormWeights weights) {
            return new NormWeights(weights.weight(), ops.clone(bias));
        }
    }
}
