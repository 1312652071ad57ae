package org.peft4j.core.points;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;

/**
 * What flows through an attention core.
 *
 * @param queries [batch, heads, length, d], rotated where the base rotates
 * @param keys [batch, key-value heads, keys, d]
 * @param values [batch, key-value heads, keys, d]
 * @param mask additive, broadcast to [batch, heads, length, keys], or null
 * @param causal whether query i sees keys 0 … i only; the mask is null then
 * @param scale the factor on the products of queries and keys
 */
public record AttentionFlow(
        Tensor queries,
        Tensor keys,
        Tensor values,
        @Nullable Tensor mask,
        boolean causal,
        double scale) {}
