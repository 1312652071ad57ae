package org.peft4j.core.ops;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operators of attention in a forward pass: rotary positions, masks, prefixes, caches and the
 * attention itself. Made by {@link Ops#attention}, whose rules hold here too.
 */
public final class AttentionOps {

    private final Ops ops;
    private final OperatorDoor door;

    AttentionOps(Ops ops) {
        this.ops = ops;
        this.door = ops.door();
    }

    /**
     * The tables of rotary embeddings (Su et al. 2021).
     *
     * @param positions INT64 [batch or 1, length]
     * @param frequencies FLOAT32 [d / 2]
     * @param attentionScaling a factor on both tables, 1 for most
     * @param like gives the dtype
     * @return the tables for {@link #rotate}
     */
    public RotaryTable rotaryTable(
            Tensor positions, Tensor frequencies, double attentionScaling, Tensor like) {
        NDList pair =
                ops.invoke(
                        "rotary_table",
                        positions,
                        frequencies,
                        door.number(attentionScaling),
                        like);
        return new RotaryTable(
                ops.adopt((PtNDArray) pair.get(0), like.dtype()),
                ops.adopt((PtNDArray) pair.get(1), like.dtype()));
    }

    /**
     * [batch, length, heads · d] or [batch, length, heads, d] seen as [batch, heads, length, d].
     */
    public Tensor heads(Tensor x, long d) {
        return ops.call("heads", x.dtype(), x, door.number((double) d));
    }

    /**
     * Rotates queries or keys; dimensions beyond the tables' width stay.
     *
     * @param x [batch, heads, length, d]
     */
    public Tensor rotate(Tensor x, RotaryTable table) {
        return ops.call("rotate", x.dtype(), x, table.cos(), table.sin());
    }

    /**
     * softmax(q kᵀ · scale + mask) v, with key-value heads repeated to the query heads.
     *
     * @param q [batch, heads, length, d]
     * @param k [batch, key-value heads, keys, d]
     * @param v [batch, key-value heads, keys, d]
     * @return [batch, length, heads · d]
     */
    public Tensor attend(Tensor q, Tensor k, Tensor v, AttentionScores scores) {
        return ops.call(
                "attention",
                q.dtype(),
                q,
                k,
                v,
                ops.orAbsent(summed(scores, k.size(2)).mask()),
                door.number(scores.causal() ? 1 : 0),
                door.number(scores.scale()),
                door.number(scores.cap()));
    }

    /** The same scores with mask and bias in one. */
    private AttentionScores summed(AttentionScores scores, long keys) {
        @Nullable Tensor bias = scores.bias();
        if (bias == null) {
            return scores;
        }
        if (scores.causal()) {
            throw new IllegalArgumentException("scores with a bias need a mask for what is later");
        }
        return scores.withBias(null).withMask(biasedMask(scores.mask(), bias, keys));
    }

    /**
     * mask + bias, of which the last columns are taken.
     *
     * @param mask broadcast to [batch, heads, length, keys], or null
     * @param bias [batch or 1, heads, length, at least keys]
     */
    public Tensor biasedMask(@Nullable Tensor mask, Tensor bias, long keys) {
        return ops.call("biased_mask", bias.dtype(), ops.orAbsent(mask), bias, ops.number(keys));
    }

    /**
     * The buckets of relative positions (Raffel et al. 2020): one for each small distance, and for
     * larger ones buckets that widen with the logarithm, up to a distance from which on all share
     * the last.
     *
     * @param tokens INT64 [rows, keys], 1 for a token and 0 for padding, over which no distance
     *     counts; or null where every column counts
     * @param length the queries, the last of the keys' positions
     * @param keys the keys
     * @param buckets how many there are
     * @param distance from where on all share a bucket
     * @param bothWays whether later keys have buckets of their own, half of all; otherwise they
     *     share that of the query itself
     * @param like gives the device
     * @return INT64 [rows or 1, length, keys]
     */
    public Tensor relativeBuckets(
            @Nullable Tensor tokens,
            long length,
            long keys,
            int buckets,
            int distance,
            boolean bothWays,
            Tensor like) {
        int oneWay = bothWays ? buckets / 2 : buckets;
        int exact = oneWay / 2;
        return ops.call(
                "relative_buckets",
                DType.INT64,
                ops.orAbsent(tokens),
                ops.number(length),
                ops.number(keys),
                door.number(oneWay),
                door.number(exact),
                door.number(Math.log((double) distance / exact)),
                door.number(bothWays ? 1 : 0),
                like);
    }

    /**
     * {@link #heads}, {@link #rotate} and {@link #attend} in one crossing.
     *
     * @param q [batch, length, heads · d] or [batch, length, heads, d]
     * @param k the same of the key-value heads
     * @param v the same of the key-value heads
     * @param d the width of a head
     * @param table the rotations of queries and keys, or null
     * @return [batch, length, heads · d]
     */
    public Tensor projected(
            Tensor q,
            Tensor k,
            Tensor v,
            long d,
            @Nullable RotaryTable table,
            AttentionScores scores) {
        return ops.call(
                "projected_attention",
                q.dtype(),
                arguments(List.of(q, k, v), d, table, summed(scores, k.size(1)), List.of()));
    }

    /**
     * The additive mask of a decoder over the last positions of a sequence: 0 for the keys that a
     * query sees and −∞ for the others. A query sees keys up to its own position and no padding.
     *
     * @param tokens INT64 [rows, keys], 1 for a token and 0 for padding; or null
     * @param length the queries, the last of the keys' positions
     * @param keys the keys
     * @param window how many keys of its own row a query sees at most, itself included and padding
     *     not counted; 0 for all
     * @param itself whether padding sees itself, so that no query sees nothing
     * @param like gives the dtype
     * @return [rows or 1, 1, length, keys]
     */
    public Tensor causalMask(
            @Nullable Tensor tokens,
            long length,
            long keys,
            long window,
            boolean itself,
            Tensor like) {
        return ops.call(
                "causal_mask",
                like.dtype(),
                ops.orAbsent(tokens),
                ops.number(length),
                ops.number(keys),
                door.number((double) window),
                door.number(itself ? 1 : 0),
                like);
    }

    /**
     * The additive mask of an encoder: 0 for tokens and −∞ for padding. A row of nothing but
     * padding sees all of it.
     *
     * @param tokens INT64 [rows, keys], 1 for a token and 0 for padding
     * @param like gives the dtype
     * @return [rows, 1, 1, keys]
     */
    public Tensor paddingMask(Tensor tokens, Tensor like) {
        return ops.call("padding_mask", like.dtype(), tokens, like);
    }

    /**
     * Columns of a prefix as keys or values.
     *
     * @param prefix [tokens, columns], of which heads · d are taken, head by head
     * @param start the first of these columns
     * @param heads key-value heads
     * @param d the width of a head
     * @param dtype the keys' dtype
     * @return [1, heads, tokens, d]
     */
    public Tensor prefixHeads(Tensor prefix, long start, int heads, int d, DType dtype) {
        return ops.call(
                "prefix_heads",
                dtype,
                prefix,
                ops.number(start),
                door.number(heads),
                door.number(d),
                ops.code(dtype));
    }

    /**
     * Keys or values with others before them; what has one row goes before, or behind, all rows of
     * the other.
     *
     * @param x [rows or 1, heads, keys, d]
     * @param prefix [rows or 1, heads, tokens, d]
     * @return [rows, heads, tokens + keys, d]
     */
    public Tensor prefixed(Tensor x, Tensor prefix) {
        return ops.call("prefixed", x.dtype(), x, prefix);
    }

    /**
     * Keys or values with those of a prefix before them that a gate weakens in each row.
     *
     * @param x [rows, heads, keys, d]
     * @param prefix [tokens, columns], of which heads · d are taken, head by head
     * @param start the first of these columns
     * @param gate FLOAT32 [rows, 1], or null
     * @param dropout the probability with which an element of the prefix is zeroed
     * @param seed decides which
     * @return [rows, heads, tokens + keys, d]
     */
    public Tensor gatedPrefixed(
            Tensor x, Tensor prefix, long start, @Nullable Tensor gate, double dropout, long seed) {
        return ops.call(
                "gated_prefixed",
                x.dtype(),
                x,
                prefix,
                ops.number(start),
                ops.orAbsent(gate),
                door.number(dropout),
                ops.seed(dropout, seed));
    }

    /**
     * gate · softmax(q kᵀ / √d) v for keys and values that all rows share (Zhang et al. 2023, eq.
     * 8), with key-value heads repeated to the query heads.
     *
     * @param q [rows, heads, length, d]
     * @param k [1, tokens, key-value heads · d], of q's dtype
     * @param v [1, tokens, key-value heads · d], of q's dtype
     * @param gate FLOAT32 [1]
     * @return [rows, length, heads · d]
     */
    public Tensor gated(Tensor q, Tensor k, Tensor v, Tensor gate) {
        return ops.call("gated_attention", q.dtype(), q, k, v, gate);
    }

    /**
     * Writes keys or values into a cache in place; inference only.
     *
     * @param cache [batch, heads, capacity, d]
     * @param x [batch, heads, n, d]
     * @param start the first position to write
     * @return the filled part of the cache, [batch, heads, start + n, d], sharing its memory
     */
    public Tensor cacheWrite(Tensor cache, Tensor x, long start) {
        return ops.call("cache_write", cache.dtype(), cache, x, ops.number(start));
    }

    /**
     * {@link #projected} with a cache, in one crossing: writes the keys and values of this pass
     * into the caches in place, then attends to all that they hold; inference only.
     *
     * @param cache with room for them
     */
    public Tensor cached(
            Tensor q,
            Tensor k,
            Tensor v,
            long d,
            @Nullable RotaryTable table,
            AttentionScores scores,
            Cache cache) {
        return ops.call(
                "cached_attention",
                q.dtype(),
                arguments(
                        List.of(q, k, v),
                        d,
                        table,
                        summed(scores, cache.start() + k.size(1)),
                        cache.arguments(ops)));
    }

    /**
     * {@link #cached} between its projections in one crossing; inference only.
     *
     * @param x [batch, length, width]
     * @param weights of the projections
     * @param cache with room for the keys and values of this pass
     * @return [batch, length, width]
     */
    public Tensor cachedSelf(
            Tensor x,
            ProjectionWeights weights,
            long d,
            @Nullable RotaryTable table,
            AttentionScores scores,
            Cache cache) {
        List<Tensor> inputs = new ArrayList<>();
        inputs.add(x);
        for (Linear linear : weights.all()) {
            inputs.add(linear.weight());
            inputs.add(ops.orAbsent(linear.bias()));
        }
        return ops.call(
                "cached_self_attention",
                x.dtype(),
                arguments(
                        inputs,
                        d,
                        table,
                        summed(scores, cache.start() + x.size(1)),
                        cache.arguments(ops)));
    }

    /**
     * Takes the queries, keys and values of one projection apart, as views where the layout allows
     * it.
     *
     * @param x [batch, length, (heads + 2 · key-value heads) · d]
     * @param d the width of a head
     * @param layout how they lie in it
     */
    public Projections splitProjection(Tensor x, long d, FusedLayout layout) {
        NDList parts =
                ops.invoke(
                        "split_projection",
                        x,
                        door.number((double) d),
                        door.number(layout.keyValueHeads()),
                        door.number(layout.groups()));
        return new Projections(
                ops.adopt((PtNDArray) parts.get(0), x.dtype()),
                ops.adopt((PtNDArray) parts.get(1), x.dtype()),
                ops.adopt((PtNDArray) parts.get(2), x.dtype()));
    }

    /**
     * {@link #splitProjection} and {@link #projected} in one crossing.
     *
     * @param x [batch, length, (heads + 2 · key-value heads) · d]
     * @return [batch, length, heads · d]
     */
    public Tensor fused(
            Tensor x,
            FusedLayout layout,
            long d,
            @Nullable RotaryTable table,
            AttentionScores scores) {
        return ops.call(
                "fused_attention",
                x.dtype(),
                arguments(projection(x, layout), d, table, summed(scores, x.size(1)), List.of()));
    }

    /**
     * {@link #splitProjection} and {@link #cached} in one crossing; inference only.
     *
     * @param x [batch, length, (heads + 2 · key-value heads) · d]
     * @param cache with room for them
     */
    public Tensor fusedCached(
            Tensor x,
            FusedLayout layout,
            long d,
            @Nullable RotaryTable table,
            AttentionScores scores,
            Cache cache) {
        return ops.call(
                "fused_cached_attention",
                x.dtype(),
                arguments(
                        projection(x, layout),
                        d,
                        table,
                        summed(scores, cache.start() + x.size(1)),
                        cache.arguments(ops)));
    }

    private List<Tensor> projection(Tensor x, FusedLayout layout) {
        return List.of(x, door.number(layout.keyValueHeads()), door.number(layout.groups()));
    }

    /** What the operators of attention take, between what they differ in. */
    private Tensor[] arguments(
            List<Tensor> projections,
            long d,
            @Nullable RotaryTable table,
            AttentionScores scores,
            List<Tensor> cache) {
        List<Tensor> all = new ArrayList<>(projections);
        all.add(door.number((double) d));
        all.add(ops.orAbsent(table == null ? null : table.cos()));
        all.add(ops.orAbsent(table == null ? null : table.sin()));
        all.add(ops.orAbsent(scores.mask()));
        all.add(door.number(scores.causal() ? 1 : 0));
        all.add(door.number(scores.scale()));
        all.add(door.number(scores.cap()));
        all.addAll(cache);
        return all.toArray(Tensor[]::new);
    }

    /**
     * The tables of rotary positions, each [batch or 1, 1, length, d].
     *
     * @param cos the cosines of the d / 2 frequencies, twice
     * @param sin their negative sines, then their sines
     */
    public record RotaryTable(Tensor cos, Tensor sin) {}

    /** Queries, keys and values, each [batch, length, heads, d]. */
    public record Projections(Tensor queries, Tensor keys, Tensor values) {}

    /**
     * Memory for keys and values, reserved once.
     *
     * @param keys [batch, key-value heads, capacity, d]
     * @param values [batch, key-value heads, capacity, d]
     * @param start the positions that are filled already
     */
    public record Cache(Tensor keys, Tensor values, long start) {
        private List<Tensor> arguments(Ops ops) {
            return List.of(keys, values, ops.number(start));
        }
    }

    /**
     * The parameters of a linear map.
     *
     * @param weight [out, in]
     * @param bias [out] or null
     */
    public record Linear(Tensor weight, @Nullable Tensor bias) {}

    /** The linear maps around an attention. */
    public record ProjectionWeights(Linear query, Linear key, Linear value, Linear output) {
        private List<Linear> all() {
            return List.of(query, key, value, output);
        }
    }
}
