package org.peft4j.transformers.parts;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;

/** Attention of a decoder to what its encoder read. */
public record CrossAttention(
        LinearPoint query,
        LinearPoint key,
        LinearPoint value,
        AttentionCore core,
        LinearPoint output)
        implements Sublayer.Transform {

    /**
     * What the encoder hands to all layers of the decoder.
     *
     * @param hidden its hidden states, [batch, keys, width]; null where the cache holds what the
     *     layers made of them
     * @param mask which of them are padding
     */
    public record Encoded(@Nullable Tensor hidden, AttentionMask mask) {}

    /** Maps x, [batch, length, width], to the same shape; a cache keeps keys and values. */
    @Override
    public Tensor forward(ForwardContext context, Tensor x, AttentionCore.Step step) {
        @Nullable Encoded encoded = step.encoded();
        if (encoded == null) {
            throw new IllegalStateException("a decoder with cross attention needs its encoder");
        }
        KeyValueCache.@Nullable Layer cache = step.cache();
        KeyValueCache.@Nullable Cross kept = cache == null ? null : cache.cross();
        KeyValueCache.Cross cross = kept == null ? project(context, encoded, cache) : kept;
        Tensor attended =
                core.cross(
                        context,
                        x,
                        query.forward(context, x),
                        cross.keys(),
                        cross.values(),
                        encoded.mask());
        return output.forward(context, attended);
    }

    private KeyValueCache.Cross project(
            ForwardContext context, Encoded encoded, KeyValueCache.@Nullable Layer cache) {
        @Nullable Tensor hidden = encoded.hidden();
        if (hidden == null) {
            throw new IllegalStateException("the encoder has not run, and the cache is empty");
        }
        Ops ops = context.ops();
        int d = core.point().headDim();
        Tensor keys = ops.heads(key.forward(context, hidden), d);
        Tensor values = ops.heads(value.forward(context, hidden), d);
        KeyValueCache.Cross cross = new KeyValueCache.Cross(keys, values);
        if (cache != null) {
            cache.keepCross(ops, cross);
        }
        return cross;
    }
}
