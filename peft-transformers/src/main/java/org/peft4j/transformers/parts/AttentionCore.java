package org.peft4j.transformers.parts;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPoint;

/**
 * Attention between its projections: softmax(q kᵀ / √d + mask) v, with rotated queries and keys, a
 * cache, and whatever methods put at the attention point.
 *
 * @param point where methods act
 */
public record AttentionCore(AttentionPoint point) {

    /**
     * What all layers of a pass share, and this layer's cache.
     *
     * @param rotary the rotations of this pass's positions, or null where positions are elsewhere
     * @param mask which keys a query sees
     * @param cache earlier keys and values, or null
     */
    public record Step(
            Ops.@Nullable RotaryTable rotary,
            AttentionMask mask,
            KeyValueCache.@Nullable Layer cache) {}

    /**
     * Attends.
     *
     * @param q [batch, length, heads · d]
     * @param k [batch, length, key-value heads · d]
     * @param v [batch, length, key-value heads · d]
     * @return [batch, length, heads · d]
     */
    public Tensor forward(ForwardContext context, Tensor q, Tensor k, Tensor v, Step step) {
        Ops ops = context.ops();
        Ops.@Nullable RotaryTable rotary = step.rotary();
        AttentionMask mask = step.mask();
        double scale = 1 / Math.sqrt(point.headDim());
        KeyValueCache.@Nullable Layer cache = step.cache();
        if (rotary != null && point.isPlain(context)) {
            return fused(ops, q, k, v, rotary, mask, scale, cache);
        }
        Tensor queries = rotated(ops, ops.heads(q, point.headDim()), rotary);
        Tensor keys = rotated(ops, ops.heads(k, point.headDim()), rotary);
        Tensor values = ops.heads(v, point.headDim());
        if (cache != null) {
            keys = ops.cacheWrite(cache.keys(), keys, cache.start());
            values = ops.cacheWrite(cache.values(), values, cache.start());
        }
        return point.forward(
                context,
                new AttentionFlow(queries, keys, values, mask.additive(), mask.causal(), scale));
    }

    private static Tensor fused(
            Ops ops,
            Tensor q,
            Tensor k,
            Tensor v,
            Ops.RotaryTable rotary,
            AttentionMask mask,
            double scale,
            KeyValueCache.@Nullable Layer cache) {
        if (cache == null) {
            return ops.rotaryAttention(q, k, v, rotary, mask.additive(), mask.causal(), scale);
        }
        return ops.cachedRotaryAttention(
                q,
                k,
                v,
                rotary,
                mask.additive(),
                mask.causal(),
                scale,
                cache.keys(),
                cache.values(),
                cache.start());
    }

    private static Tensor rotated(Ops ops, Tensor x, Ops.@Nullable RotaryTable rotary) {
        return rotary == null ? x : ops.rotary(x, rotary);
    }
}
