package org.peft4j.core;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;

/**
 * Trainable copies of whole modules, peft's {@code modules_to_save}: parameters that start as the
 * frozen ones and stand in for them. They are kept in float32 and saved under the module's own
 * path.
 */
final class ModuleCopies {

    private ModuleCopies() {}

    /** Places a copy of the module at a point; returns whether the point has parameters to copy. */
    static boolean place(AdapterBuilder builder, InjectionPoint point) {
        if (point instanceof LinearPoint linear) {
            boolean transposed = linear.layout() == LinearPoint.Layout.IN_OUT;
            Tensor weight =
                    builder.copy(
                            builder.moduleKey(point, "weight"),
                            linear.frozen().weight(),
                            transposed);
            @Nullable Tensor bias =
                    copyOrNull(builder, builder.moduleKey(point, "bias"), linear.frozen().bias());
            builder.place(linear, new LinearCopy(weight, bias, transposed));
        } else if (point instanceof EmbeddingPoint embedding) {
            builder.place(
                    embedding,
                    new EmbeddingCopy(
                            builder.copy(
                                    builder.moduleKey(point, "weight"), embedding.table(), false)));
        } else if (point instanceof NormPoint norm) {
            Tensor weight =
                    builder.copy(builder.moduleKey(point, "weight"), norm.frozen().weight(), false);
            @Nullable Tensor bias =
                    copyOrNull(builder, builder.moduleKey(point, "bias"), norm.frozen().bias());
            builder.place(norm, new NormCopy(new NormWeights(weight, bias)));
        } else {
            return false;
        }
        return true;
    }

    /** Places one copy at an embedding and at the linears that are tied to it. */
    static void placeTied(
            AdapterBuilder builder, EmbeddingPoint embedding, List<LinearPoint> tied) {
        Tensor copy =
                builder.copy(builder.moduleKey(embedding, "weight"), embedding.table(), false);
        builder.place(embedding, new EmbeddingCopy(copy));
        for (LinearPoint linear : tied) {
            builder.place(linear, new TiedWeight(copy));
            builder.alias(
                    builder.moduleKey(linear, "weight"), builder.moduleKey(embedding, "weight"));
        }
    }

    private static @Nullable Tensor copyOrNull(
            AdapterBuilder builder, String key, @Nullable Tensor frozen) {
        return frozen == null ? null : builder.copy(key, frozen, false);
    }

    /** The weight as the file stores it, which for a Conv1D is transposed. */
    private record LinearCopy(Tensor stored, @Nullable Tensor bias, boolean transposed)
            implements LinearPlacement {
        @Override
        public LinearWeights weights(ForwardContext context, LinearWeights weights) {
            Tensor weight = transposed ? context.ops().transpose(stored) : stored;
            return new LinearWeights(weight, bias);
        }

        @Override
        public LinearWeights merge(WeightOps ops, LinearWeights weights) {
            Tensor weight = transposed ? ops.transpose(stored) : ops.clone(stored);
            return new LinearWeights(weight, bias == null ? null : ops.clone(bias));
        }
    }

    /** The copy of an embedding's table, [out, in]. */
    private record TiedWeight(Tensor copy) implements LinearPlacement {
        @Override
        public LinearWeights weights(ForwardContext context, LinearWeights weights) {
            return weights.withWeight(copy);
        }

        @Override
        public LinearWeights merge(WeightOps ops, LinearWeights weights) {
            return weights.withWeight(ops.clone(copy));
        }
    }

    private record EmbeddingCopy(Tensor copy) implements EmbeddingPlacement {
        @Override
        public Tensor table(ForwardContext context, Tensor table) {
            return copy;
        }

        @Override
        public Tensor merge(WeightOps ops, Tensor table) {
            return ops.clone(copy);
        }
    }

    private record NormCopy(NormWeights copy) implements NormPlacement {
        @Override
        public NormWeights weights(ForwardContext context, NormWeights weights) {
            return copy;
        }

        @Override
        public NormWeights merge(WeightOps ops, NormWeights weights) {
            @Nullable Tensor bias = copy.bias();
            return new NormWeights(ops.clone(copy.weight()), bias == null ? null : ops.clone(bias));
        }
    }
}
