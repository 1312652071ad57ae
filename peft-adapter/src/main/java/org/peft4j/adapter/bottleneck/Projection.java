package org.peft4j.adapter.bottleneck;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/** The map down to a bottleneck or up from it. */
sealed interface Projection {

    /** Returns its matrix, [out, in]. */
    Tensor weight(Ops ops);

    /** Returns its bias, [out], or null. */
    @Nullable Tensor bias();

    /**
     * A linear.
     *
     * @param matrix [out, in]
     * @param bias [out]
     */
    record Linear(Tensor matrix, Tensor bias) implements Projection {
        @Override
        public Tensor weight(Ops ops) {
            return matrix;
        }
    }

    /**
     * Compacter's: Σᵢ Aᵢ ⊗ Bᵢ, from [in] to [out].
     *
     * @param rule A
     * @param matrix B
     * @param bias [out], or null
     */
    record Phm(Factors rule, Factors matrix, @Nullable Tensor bias) implements Projection {
        @Override
        public Tensor weight(Ops ops) {
            return ops.kronecker(rule.left(), rule.right(), matrix.left(), matrix.right());
        }
    }

    /**
     * n matrices, or two factors of each.
     *
     * @param left [n, rows, columns], or [n, rows, r]
     * @param right [n, r, columns], or null
     */
    record Factors(Tensor left, @Nullable Tensor right) {}
}
