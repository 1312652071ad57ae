package org.peft4j.core.ops;

import org.jspecify.annotations.Nullable;

/**
 * How queries and keys become attention weights: softmax(cap(q kᵀ · scale) + bias + mask).
 *
 * @param mask added to the scores, broadcast to [batch, heads, length, keys], of the queries'
 *     dtype; or null
 * @param causal whether query i sees keys 0 … i only; the mask is null then
 * @param scale the factor on the products of queries and keys
 * @param cap scores are cap · tanh(scores / cap) before the mask, as in Gemma 2; 0 for none
 * @param bias added to the scores by position, as in T5, [batch or 1, heads, length, all], of the
 *     queries' dtype; or null. Its last columns are for the keys there are, so that it fits with
 *     and without the virtual tokens that a method puts before them. Nothing is causal beside it:
 *     the mask says what is visible
 */
public record AttentionScores(
        @Nullable Tensor mask, boolean causal, double scale, double cap, @Nullable Tensor bias) {

    /** Scores without a bias. */
    public AttentionScores(@Nullable Tensor mask, boolean causal, double scale, double cap) {
        this(mask, causal, scale, cap, null);
    }

    /** Scores without a cap. */
    public AttentionScores(@Nullable Tensor mask, boolean causal, double scale) {
        this(mask, causal, scale, 0);
    }

    /** Returns the same with another bias. */
    public AttentionScores withBias(@Nullable Tensor other) {
        return new AttentionScores(mask, causal, scale, cap, other);
    }

    /** Returns the same with another mask, which is all that decides then. */
    public AttentionScores withMask(@Nullable Tensor other) {
        return new AttentionScores(other, false, scale, cap, bias);
    }
}
