package org.peft4j.lora;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPlacement;

/**
 * LoRA at an embedding: y = E[ids] + s·Aᵀ[ids] Bᵀ, the low-rank change s·BA of the transposed
 * table.
 *
 * @param a A, [r, vocabulary]
 * @param b B, [width, r]
 * @param s the scaling
 */
record LoraEmbedding(Tensor a, Tensor b, double s) implements EmbeddingPlacement {

    @Override
    public Tensor forward(ForwardContext context, Tensor ids, Tensor embedded) {
        Ops ops = context.ops();
        Tensor low = ops.embedding(ids, ops.transpose(a));
        return ops.add(embedded, ops.linear(ops.scale(low, s), b, null));
    }

    /** E + s·(BA)ᵀ. */
    @Override
    public Tensor merge(WeightOps ops, Tensor table) {
        try (Tensor at = ops.transpose(a);
                Tensor bt = ops.transpose(b);
                Tensor product = ops.matmul(at, bt);
                Tensor delta = ops.scale(product, s)) {
            return ops.merge(table, delta);
        }
    }
}
