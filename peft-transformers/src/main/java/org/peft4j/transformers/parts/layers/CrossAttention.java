package org.peft4j.transformers.parts.layers;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.Prefixes;
import org.peft4j.transformers.parts.cache.KeyValueCache;
import org.peft4j.transformers.parts.cache.KeyValueMemory;

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
        Tensor queries = query.forward(context, x);
        Prefixes prefixes = core.point().prefixes(context, x);
        KeysAndValues all = keysAndValues(context, x, encoded, step.cache(), prefixes);
        Tensor attended = core.cross(context, x, queries, all, encoded.mask(), prefixes);
        return output.forward(context, attended);
    }

    private KeysAndValues keysAndValues(
            ForwardContext context,
            Tensor x,
            Encoded encoded,
            KeyValueCache.@Nullable Layer cache,
            Prefixes prefixes) {
        if (cache == null) {
            return core.behind(context, x, project(context, encoded), prefixes);
        }
        @Nullable KeyValueMemory kept = cache.cross();
        KeyValueMemory memory =
                kept == null
                        ? cache.keepCross(context.ops(), project(context, encoded), prefixes)
                        : kept;
        memory.beginWith(prefixes, context, core.point(), x);
        return new KeysAndValues(memory.keys(), memory.values());
    }

    private KeysAndValues project(ForwardContext context, Encoded encoded) {
        @Nullable Tensor hidden = encoded.hidden();
        if (hidden == null) {
            throw new IllegalStateException("the encoder has not run, and the cache is empty");
        }
        Ops ops = context.ops();
        int d = core.point().headDim();
        return new KeysAndValues(
                ops.attention().heads(key.forward(context, hidden), d),
                ops.attention().heads(value.forward(context, hidden), d));
    }
}
