package org.peft4j.transformers.parts;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Which keys a query sees: a mask to add to the scores, or, where nothing but the causal order
 * decides, no mask at all, so that libtorch takes its fast kernels.
 *
 * @param additive 0 where visible and −∞ where not; broadcast to [batch, heads, length, keys]; or
 *     null
 * @param causal whether query i sees keys 0 … i only; additive is null then
 * @param positions what positions add to the scores, or null; nothing is causal then
 * @param window how many keys a query sees, itself included; {@link #NO_WINDOW} for all
 */
public record AttentionMask(
        @Nullable Tensor additive, boolean causal, @Nullable Positions positions, int window) {

    /**
     * A bias on the scores that follows from positions, as in T5.
     *
     * @param bias [batch or 1, heads, length, keys with virtual ones before them]
     * @param withMask the bias of the keys plus the mask, made once for all layers
     */
    public record Positions(Tensor bias, Tensor withMask) {}

    /** A mask alone. */
    public AttentionMask(@Nullable Tensor additive, boolean causal) {
        this(additive, causal, null, NO_WINDOW);
    }

    /** The window of a layer without one. */
    public static final int NO_WINDOW = 0;

    /**
     * The mask of a decoder. Padding is invisible to all but itself: it must see something, since a
     * softmax over nothing is NaN.
     *
     * @param layout the positions of this pass and before
     * @param keys how many of them have keys: the cached ones and those of this pass
     * @param window how many keys a query sees, itself included; {@link #NO_WINDOW} for all
     * @param like gives the dtype
     */
    public static AttentionMask causal(
            Ops ops, SequenceLayout layout, int keys, int window, Tensor like) {
        int length = layout.length();
        return causal(ops, layout, keys, window, like, length == 1 || length == keys);
    }

    /**
     * The same mask for scores with a bias on positions.
     *
     * @param bias [batch or 1, heads, length, keys with virtual ones before them]
     */
    public static AttentionMask causal(Ops ops, SequenceLayout layout, int keys, Tensor bias) {
        boolean one = layout.length() == 1;
        return causal(ops, layout, keys, NO_WINDOW, bias, one).with(ops, bias, keys);
    }

    private static AttentionMask causal(
            Ops ops,
            SequenceLayout layout,
            int keys,
            int window,
            Tensor like,
            boolean mayGoWithout) {
        int length = layout.length();
        boolean windowed = window != NO_WINDOW && window < keys;
        boolean padded = layout.hasPaddingBeforeTokens();
        if (!windowed && !padded && mayGoWithout) {
            return new AttentionMask(null, length > 1, null, window);
        }
        @Nullable Tensor tokens = padded ? tokens(ops, layout, keys) : null;
        return new AttentionMask(
                ops.causalMask(tokens, length, keys, windowed ? window : NO_WINDOW, like),
                false,
                null,
                window);
    }

    /**
     * The mask of an encoder, or of attention to one: all but padding is visible.
     *
     * @param keys the layout of what is attended to; keys of its past are a method's, not the
     *     base's
     * @param like gives the dtype
     */
    public static AttentionMask padding(Ops ops, SequenceLayout keys, Tensor like) {
        @Nullable Tensor tokens = tokens(ops, keys, keys.length());
        return new AttentionMask(tokens == null ? null : ops.paddingMask(tokens, like), false);
    }

    /**
     * The same mask for scores with a bias on positions.
     *
     * @param bias [batch or 1, heads, length, keys with virtual ones before them]
     * @param keys how many keys there are without virtual ones
     */
    public AttentionMask with(Ops ops, Tensor bias, int keys) {
        Tensor sum = ops.biasedMask(additive, bias, keys);
        return new AttentionMask(additive, causal, new Positions(bias, sum), window);
    }

    /** The last columns of the layout's mask, [rows, keys]: those before are virtual. */
    private static @Nullable Tensor tokens(Ops ops, SequenceLayout layout, int keys) {
        long[] mask = layout.mask();
        if (mask == null) {
            return null;
        }
        int width = layout.past() + layout.length();
        long[] last = new long[layout.rows() * keys];
        for (int row = 0; row < layout.rows(); row++) {
            System.arraycopy(mask, (row + 1) * width - keys, last, row * keys, keys);
        }
        return ops.longs(last, layout.rows(), keys);
    }
}
