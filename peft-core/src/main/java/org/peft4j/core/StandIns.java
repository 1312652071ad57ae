package org.peft4j.core;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearCall;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;

/** Trained copies of a module's own parameters, which stand in for the frozen ones. */
final class StandIns {

    private final AdapterBuilder builder;
    private final TrainedParts parts;

    StandIns(AdapterBuilder builder, TrainedParts parts) {
        this.builder = builder;
        this.parts = parts;
    }

    /** Places copies at a point; returns whether the point has such parameters. */
    boolean place(InjectionPoint point) {
        if (point instanceof LinearPoint linear) {
            OfLinear copies = of(linear);
            if (copies.isEmpty()) {
                return false;
            }
            builder.place(linear, copies);
        } else if (point instanceof EmbeddingPoint embedding && parts.hasWeight()) {
            builder.place(embedding, new OfEmbedding(weight(point, embedding.table(), false)));
        } else if (point instanceof NormPoint norm) {
            @Nullable Tensor weight =
                    parts.hasWeight() ? weight(point, norm.frozen().weight(), false) : null;
            @Nullable Tensor bias = bias(point, norm.frozen().bias());
            if (weight == null && bias == null) {
                return false;
            }
            builder.place(norm, new OfNorm(weight, bias));
        } else {
            return false;
        }
        return true;
    }

    /** Places copies at a linear, and something else that acts on what they make of it. */
    void place(LinearPoint point, LinearPlacement around) {
        OfLinear copies = of(point);
        builder.place(point, copies.isEmpty() ? around : new Under(copies, around));
    }

    /**
     * Places one copy at an embedding and at the linears that are tied to it.
     *
     * @param repeated whether the file holds it under the linears' names as well
     */
    void placeTied(EmbeddingPoint embedding, List<LinearPoint> tied, boolean repeated) {
        Tensor copy = weight(embedding, embedding.table(), false);
        builder.place(embedding, new OfEmbedding(copy));
        if (repeated) {
            builder.points().of(EmbeddingPoint.class).stream()
                    .filter(other -> !other.equals(embedding))
                    .filter(other -> other.table() == embedding.table())
                    .filter(other -> builder.mayHold(key(other, "weight")))
                    .forEach(
                            other -> builder.alias(key(other, "weight"), key(embedding, "weight")));
        }
        for (LinearPoint linear : tied) {
            @Nullable Tensor bias = bias(linear, linear.frozen().bias());
            builder.place(linear, new OfLinear(copy, false, bias));
            if (repeated) {
                builder.alias(key(linear, "weight"), key(embedding, "weight"));
            }
        }
    }

    private OfLinear of(LinearPoint point) {
        boolean transposed = point.layout() == LinearPoint.Layout.IN_OUT;
        @Nullable Tensor weight =
                parts.hasWeight() ? weight(point, point.frozen().weight(), transposed) : null;
        return new OfLinear(weight, transposed, bias(point, point.frozen().bias()));
    }

    private String key(InjectionPoint point, String parameter) {
        return builder.moduleKey(
                point, parts.holder().isEmpty() ? parameter : parts.holder() + "." + parameter);
    }

    private Tensor weight(InjectionPoint point, Tensor frozen, boolean transposed) {
        return builder.copy(key(point, "weight"), frozen, transposed, parts.added());
    }

    private @Nullable Tensor bias(InjectionPoint point, @Nullable Tensor frozen) {
        return frozen == null || !parts.hasBias()
                ? null
                : builder.copy(key(point, "bias"), frozen, false, parts.added());
    }

    /**
     * At a linear.
     *
     * @param stored the weight as the file stores it, which for a Conv1D is transposed; or null
     * @param bias [out], or null
     */
    private record OfLinear(@Nullable Tensor stored, boolean transposed, @Nullable Tensor bias)
            implements LinearPlacement {

        boolean isEmpty() {
            return stored == null && bias == null;
        }

        @Override
        public LinearWeights weights(ForwardContext context, LinearWeights weights) {
            LinearWeights own = weights;
            if (stored != null) {
                own = own.withWeight(transposed ? context.ops().transpose(stored) : stored);
            }
            return bias == null ? own : own.withBias(bias);
        }

        @Override
        public LinearWeights merge(WeightOps ops, LinearWeights weights) {
            LinearWeights own = weights;
            if (stored != null) {
                own = own.withWeight(transposed ? ops.transpose(stored) : ops.clone(stored));
            }
            return bias == null ? own : own.withBias(ops.clone(bias));
        }
    }

    /** At a linear where the adapter does something else too. */
    private record Under(OfLinear copies, LinearPlacement around) implements LinearPlacement {

        @Override
        public LinearWeights weights(ForwardContext context, LinearWeights weights) {
            return around.weights(context, copies.weights(context, weights));
        }

        @Override
        public Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
            return around.forward(context, inner, x);
        }

        @Override
        public @Nullable LinearWeights merge(WeightOps ops, LinearWeights weights) {
            LinearWeights own = copies.merge(ops, weights);
            LinearWeights merged = around.merge(ops, own);
            closeUnless(own.weight(), weights.weight(), merged == null ? null : merged.weight());
            closeUnless(own.bias(), weights.bias(), merged == null ? null : merged.bias());
            return merged;
        }

        private static void closeUnless(
                @Nullable Tensor tensor, @Nullable Tensor given, @Nullable Tensor returned) {
            if (tensor != null && tensor != given && tensor != returned) {
                tensor.close();
            }
        }
    }

    private record OfEmbedding(Tensor copy) implements EmbeddingPlacement {
        @Override
        public Tensor table(ForwardContext context, Tensor table) {
            return copy;
        }

        @Override
        public Tensor merge(WeightOps ops, Tensor table) {
            return ops.clone(copy);
        }
    }

    private record OfNorm(@Nullable Tensor weight, @Nullable Tensor bias) implements NormPlacement {
        @Override
        public NormWeights weights(ForwardContext context, NormWeights weights) {
            return new NormWeights(
                    weight == null ? weights.weight() : weight,
                    bias == null ? weights.bias() : bias);
        }

        @Override
        public NormWeights merge(WeightOps ops, NormWeights weights) {
            return new NormWeights(
                    weight == null ? weights.weight() : ops.clone(weight),
                    bias == null ? weights.bias() : ops.clone(bias));
        }
    }
}
