package org.peft4j.transformers.parts.layers;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.AttentionOps;
import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.Prefixes;
import org.peft4j.transformers.parts.cache.KeyValueCache;
import org.peft4j.transformers.parts.cache.KeyValueMemory;

/**
 * Attention between its projections: softmax(q kᵀ · scale + mask) v, with rotated queries and keys,
 * a cache, and whatever methods put at the attention point.
 *
 * @param point where methods act
 * @param scale the factor on the products of queries and keys
 * @param cap scores are cap · tanh(scores / cap), as in Gemma 2; 0 for none
 * @param queryNorm a norm over each head of the queries, as in Qwen 3; or null
 * @param keyNorm the same of the keys; or null
 */
public record AttentionCore(
        AttentionPoint point,
        double scale,
        double cap,
        @Nullable NormPoint queryNorm,
        @Nullable NormPoint keyNorm) {

    /** The usual core: scores are divided by √d. */
    public static AttentionCore of(AttentionPoint point) {
        return scaled(point, 1 / Math.sqrt(point.headDim()));
    }

    /** A core with another factor on the scores. */
    public static AttentionCore scaled(AttentionPoint point, double scale) {
        return new AttentionCore(point, scale, 0, null, null);
    }

    /**
     * What all layers of a pass share, and this layer's cache.
     *
     * @param rotary the rotations of this pass's positions, or null where positions are elsewhere
     * @param mask which keys a query sees
     * @param cache earlier keys and values, or null
     * @param encoded what the encoder of an encoder-decoder read, or null
     */
    public record Step(
            AttentionOps.@Nullable RotaryTable rotary,
            AttentionMask mask,
            KeyValueCache.@Nullable Layer cache,
            CrossAttention.@Nullable Encoded encoded) {

        /** A step of a decoder without an encoder. */
        public Step(
                AttentionOps.@Nullable RotaryTable rotary,
                AttentionMask mask,
                KeyValueCache.@Nullable Layer cache) {
            this(rotary, mask, cache, null);
        }

        /** A step of an encoder. */
        public static Step encoding(AttentionMask mask) {
            return new Step(null, mask, null, null);
        }
    }

    /**
     * Attends to the sequence itself.
     *
     * @param x what the projections read, [batch, length, width]
     * @param q [batch, length, heads · d] or [batch, length, heads, d]
     * @param k the same of the key-value heads
     * @param v the same of the key-value heads
     * @return [batch, length, heads · d]
     */
    public Tensor forward(
            ForwardContext context, Tensor x, Tensor q, Tensor k, Tensor v, Step step) {
        Ops ops = context.ops();
        Tensor queries = normed(context, q, queryNorm);
        Tensor keys = normed(context, k, keyNorm);
        Prefixes prefixes = point.prefixes(context, x);
        KeyValueCache.@Nullable Layer cache = step.cache();
        if (!point.isPlain(context) || (cache == null && !prefixes.isEmpty())) {
            return unfused(context, x, queries, keys, v, step, prefixes);
        }
        int d = point.headDim();
        AttentionScores scores = step.mask().summedScores(prefixes, scale, cap);
        if (cache == null) {
            return ops.attention().projected(queries, keys, v, d, step.rotary(), scores);
        }
        return ops.attention()
                .cached(
                        queries,
                        keys,
                        v,
                        d,
                        step.rotary(),
                        scores,
                        memory(context, x, cache, prefixes));
    }

    /** Returns whether attention and its projections may be one in this pass. */
    boolean isWhole(ForwardContext context, Step step) {
        return step.cache() != null
                && queryNorm == null
                && keyNorm == null
                && point.isPlain(context);
    }

    /**
     * Attends to the sequence itself, projections included, where {@link #isWhole} allows it.
     *
     * @param x what the projections read, [batch, length, width]
     * @return [batch, length, width]
     */
    Tensor whole(
            ForwardContext context, Tensor x, AttentionOps.ProjectionWeights weights, Step step) {
        Prefixes prefixes = point.prefixes(context, x);
        return context.ops()
                .attention()
                .cachedSelf(
                        x,
                        weights,
                        point.headDim(),
                        step.rotary(),
                        step.mask().summedScores(prefixes, scale, cap),
                        memory(context, x, Objects.requireNonNull(step.cache()), prefixes));
    }

    private AttentionOps.Cache memory(
            ForwardContext context, Tensor x, KeyValueCache.Layer cache, Prefixes prefixes) {
        KeyValueMemory memory = cache.self(context, point, prefixes, x);
        return new AttentionOps.Cache(
                memory.keys(), memory.values(), memory.start() + cache.past());
    }

    /**
     * Attends to the sequence itself with queries, keys and values from one projection.
     *
     * @param x what the projection read, [batch, length, width]
     * @param fused [batch, length, (heads + 2 · key-value heads) · d]
     * @param layout how they lie in it
     * @return [batch, length, heads · d]
     */
    public Tensor forward(
            ForwardContext context, Tensor x, Tensor fused, FusedLayout layout, Step step) {
        Ops ops = context.ops();
        int d = point.headDim();
        Prefixes prefixes = point.prefixes(context, x);
        KeyValueCache.@Nullable Layer cache = step.cache();
        boolean joins = cache == null && !prefixes.isEmpty();
        if (!point.isPlain(context) || joins || queryNorm != null || keyNorm != null) {
            AttentionOps.Projections parts = ops.attention().splitProjection(fused, d, layout);
            return forward(context, x, parts.queries(), parts.keys(), parts.values(), step);
        }
        AttentionScores scores = step.mask().summedScores(prefixes, scale, cap);
        if (cache == null) {
            return ops.attention().fused(fused, layout, d, step.rotary(), scores);
        }
        return ops.attention()
                .fusedCached(
                        fused,
                        layout,
                        d,
                        step.rotary(),
                        scores,
                        memory(context, x, cache, prefixes));
    }

    private Tensor unfused(
            ForwardContext context,
            Tensor x,
            Tensor q,
            Tensor k,
            Tensor v,
            Step step,
            Prefixes prefixes) {
        Ops ops = context.ops();
        int d = point.headDim();
        Tensor queries = rotated(ops, ops.attention().heads(q, d), step.rotary());
        Tensor keys = rotated(ops, ops.attention().heads(k, d), step.rotary());
        KeysAndValues own = new KeysAndValues(keys, ops.attention().heads(v, d));
        KeyValueCache.@Nullable Layer cache = step.cache();
        KeysAndValues all;
        if (cache == null) {
            all = behind(context, x, own, prefixes);
        } else {
            KeyValueMemory memory = cache.self(context, point, prefixes, x);
            all = memory.write(ops, own, memory.start() + cache.past());
        }
        return attend(context, x, queries, all, step.mask(), prefixes);
    }

    /** Keys and values with those of prefixes before them, all in one. */
    KeysAndValues behind(ForwardContext context, Tensor x, KeysAndValues own, Prefixes prefixes) {
        return prefixes.isEmpty() ? own : own.behind(context.ops(), point.prefix(context, x));
    }

    /**
     * Attends to keys and values from elsewhere, such as an encoder's.
     *
     * @param x what the queries' projection read, [batch, length, width]
     * @param q [batch, length, heads · d]
     * @param all what is attended to, prefixes included
     * @param mask which of them are visible
     * @param prefixes what stands before them
     * @return [batch, length, heads · d]
     */
    Tensor cross(
            ForwardContext context,
            Tensor x,
            Tensor q,
            KeysAndValues all,
            AttentionMask mask,
            Prefixes prefixes) {
        Tensor queries = context.ops().attention().heads(q, point.headDim());
        return attend(context, x, queries, all, mask, prefixes);
    }

    private Tensor attend(
            ForwardContext context,
            Tensor x,
            Tensor queries,
            KeysAndValues all,
            AttentionMask mask,
            Prefixes prefixes) {
        AttentionScores scores =
                point.isPlain(context)
                        ? mask.summedScores(prefixes, scale, cap)
                        : mask.scores(prefixes, scale, cap);
        return point.forward(
                context, new AttentionFlow(x, queries, all.keys(), all.values(), scores));
    }

    /** Normalises every head of a projection: [batch, length, heads, d] where there is a norm. */
    private Tensor normed(ForwardContext context, Tensor x, @Nullable NormPoint norm) {
        if (norm == null) {
            return x;
        }
        Tensor heads = context.ops().reshape(x, x.size(0), x.size(1), -1, point.headDim());
        return norm.forward(context, heads);
    }

    private static Tensor rotated(Ops ops, Tensor x, AttentionOps.@Nullable RotaryTable rotary) {
        return rotary == null ? x : ops.attention().rotate(x, rotary);
    }
}
