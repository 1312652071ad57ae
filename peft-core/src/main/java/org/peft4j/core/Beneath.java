package org.peft4j.core;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.LinearCall;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearWeights;

/** A frozen table that stands in for the base's, beneath what else the adapter does there. */
final class Beneath {

    private Beneath() {}

    /**
     * At an embedding.
     *
     * @param copy [vocabulary, width], in the base's dtype
     * @param above what the adapter does with it, or null
     */
    record OfEmbedding(Tensor copy, @Nullable EmbeddingPlacement above)
            implements EmbeddingPlacement {

        @Override
        public Tensor table(ForwardContext context, Tensor table) {
            return above == null ? copy : above.table(context, copy);
        }

        @Override
        public Tensor forward(ForwardContext context, Tensor ids, Tensor embedded) {
            return above == null ? embedded : above.forward(context, ids, embedded);
        }

        @Override
        public @Nullable Tensor merge(WeightOps ops, Tensor table) {
            Tensor wide = ops.cast(copy, DType.FLOAT32);
            @Nullable Tensor merged = above == null ? wide : above.merge(ops, wide);
            if (merged != wide) {
                wide.close();
            }
            return merged;
        }
    }

    /**
     * At a linear to the vocabulary.
     *
     * @param copy [vocabulary, width], in the base's dtype
     * @param above what the adapter does with it, or null
     */
    record OfLinear(Tensor copy, @Nullable LinearPlacement above) implements LinearPlacement {

        @Override
        public LinearWeights weights(ForwardContext context, LinearWeights weights) {
            LinearWeights own = weights.withWeight(copy);
            return above == null ? own : above.weights(context, own);
        }

        @Override
        public Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
            return above == null ? inner.apply(x) : above.forward(context, inner, x);
        }

        @Override
        public @Nullable LinearWeights merge(WeightOps ops, LinearWeights weights) {
            Tensor wide = ops.cast(copy, DType.FLOAT32);
            LinearWeights own = weights.withWeight(wide);
            @Nullable LinearWeights merged = above == null ? own : above.merge(ops, own);
            if (merged == null || merged.weight() != wide) {
                wide.close();
            }
            return merged;
        }
    }
}
