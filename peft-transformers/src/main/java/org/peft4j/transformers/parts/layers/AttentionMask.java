package org.peft4j.transformers.parts.layers;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.Prefixes;

/**
 * Which keys a query sees: those of the sequence, and those of prefixes, which may stand before
 * them in some layers and not in others. What layers have in common is made once, in the scope that
 * the mask was made in.
 */
public final class AttentionMask {

    /** The window of a layer without one. */
    public static final int NO_WINDOW = 0;

    private final Scope scope;
    private final SequenceLayout sequence;
    private final Function<SequenceLayout, Visible> maker;
    private final Map<List<Integer>, Visible> behind = new HashMap<>();

    /**
     * What is added to scores: a mask, or, where nothing but the causal order decides, none at all,
     * so that libtorch takes its fast kernels.
     *
     * @param additive 0 where visible and −∞ where not; broadcast to [batch, heads, length, keys];
     *     or null
     * @param causal whether query i sees keys 0 … i only; additive is null then
     * @param bias what positions add to the scores, as in T5, [batch or 1, heads, length, at least
     *     keys]; or null. Nothing is causal then
     * @param sum mask and bias of the keys in one, or null where there is no bias
     */
    private record Visible(
            @Nullable Tensor additive,
            boolean causal,
            @Nullable Tensor bias,
            @Nullable Tensor sum) {

        static final Visible ALL = new Visible(null, false, null, null);

        static final Visible EARLIER = new Visible(null, true, null, null);

        static Visible where(Tensor mask) {
            return new Visible(mask, false, null, null);
        }

        Visible with(Ops ops, Tensor positions, int keys) {
            Tensor both = ops.attention().biasedMask(additive, positions, keys);
            return new Visible(additive, false, positions, both);
        }

        Visible in(Scope scope) {
            if (additive != null) {
                scope.take(additive);
            }
            if (sum != null) {
                scope.take(sum);
            }
            return this;
        }
    }

    private AttentionMask(
            Ops ops, SequenceLayout sequence, Function<SequenceLayout, Visible> maker) {
        this.scope = ops.currentScope();
        this.sequence = sequence;
        this.maker = maker;
    }

    /**
     * The mask of a decoder. Padding is invisible to all but itself: it must see something, since a
     * softmax over nothing is NaN.
     *
     * @param layout the positions of this pass and before
     * @param keys how many of them have keys: the cached ones and those of this pass. Those before
     *     are a method's
     * @param window how many keys of its own row a query sees, itself included and padding not
     *     counted; {@link #NO_WINDOW} for all
     * @param like gives the dtype, and is open as long as the mask is used
     */
    public static AttentionMask causal(
            Ops ops, SequenceLayout layout, int keys, int window, Tensor like) {
        return new AttentionMask(
                ops,
                layout.withoutPast(width(layout) - keys),
                all ->
                        all.hasPaddingBeforeTokens()
                                ? hiding(ops, all, true, window, like, true)
                                : causal(ops, all, window, like));
    }

    /**
     * The mask of a decoder where the hidden states of padding are read too: no padding is visible,
     * not even to itself, as in {@code transformers}. Of a query that sees nothing libtorch makes
     * zeros.
     *
     * @see #causal(Ops, SequenceLayout, int, int, Tensor)
     */
    public static AttentionMask strictlyCausal(
            Ops ops, SequenceLayout layout, int keys, int window, Tensor like) {
        return new AttentionMask(
                ops,
                layout.withoutPast(width(layout) - keys),
                all ->
                        all.mask() != null
                                ? hiding(ops, all, true, window, like, false)
                                : causal(ops, all, window, like));
    }

    /**
     * The mask of a decoder whose scores have a bias on positions.
     *
     * @param bias [batch or 1, heads, length, keys with virtual ones before them]; open as long as
     *     the mask is used
     * @see #causal(Ops, SequenceLayout, int, int, Tensor)
     */
    public static AttentionMask causalWithBias(
            Ops ops, SequenceLayout layout, int keys, Tensor bias) {
        return new AttentionMask(
                ops,
                layout.withoutPast(width(layout) - keys),
                all -> {
                    boolean padded = all.hasPaddingBeforeTokens();
                    Visible mask =
                            padded || all.length() > 1
                                    ? hiding(ops, all, padded, NO_WINDOW, bias, true)
                                    : Visible.ALL;
                    return mask.with(ops, bias, width(all));
                });
    }

    /** Without padding, or with it behind all tokens, where the causal order hides it. */
    private static Visible causal(Ops ops, SequenceLayout all, int window, Tensor like) {
        boolean windowed = window != NO_WINDOW && window < width(all);
        if (windowed || (all.length() > 1 && all.past() > 0)) {
            return hiding(ops, all, false, window, like, true);
        }
        return all.length() > 1 ? Visible.EARLIER : Visible.ALL;
    }

    /** Hides what is later, what lies behind the window and, if wanted, padding. */
    private static Visible hiding(
            Ops ops, SequenceLayout all, boolean padding, int window, Tensor like, boolean itself) {
        int keys = width(all);
        @Nullable Tensor tokens = padding ? tokens(ops, all) : null;
        int reach = window < keys ? window : NO_WINDOW;
        return Visible.where(
                ops.attention().causalMask(tokens, all.length(), keys, reach, itself, like));
    }

    /**
     * The mask of an encoder, or of attention to one: all but padding is visible.
     *
     * @param keys the layout of what is attended to; keys of its past are a method's, not the
     *     base's
     * @param like gives the dtype, and is open as long as the mask is used
     */
    public static AttentionMask padding(Ops ops, SequenceLayout keys, Tensor like) {
        return new AttentionMask(
                ops, keys.withoutPast(keys.past()), all -> unpadded(ops, all, like));
    }

    /**
     * The mask of an encoder whose scores have a bias on positions.
     *
     * @param bias [batch or 1, heads, length, keys with virtual ones before them]; open as long as
     *     the mask is used
     */
    public static AttentionMask paddingWithBias(Ops ops, SequenceLayout keys, Tensor bias) {
        return new AttentionMask(
                ops,
                keys.withoutPast(keys.past()),
                all -> unpadded(ops, all, bias).with(ops, bias, width(all)));
    }

    private static Visible unpadded(Ops ops, SequenceLayout all, Tensor like) {
        @Nullable Tensor tokens = tokens(ops, all);
        return tokens == null
                ? Visible.ALL
                : Visible.where(ops.attention().paddingMask(tokens, like));
    }

    /**
     * Returns how queries and keys become attention weights, with mask and bias apart.
     *
     * @param prefixes what stands before the keys
     * @param scale the factor on the products of queries and keys
     * @param cap scores are cap · tanh(scores / cap) before the mask; 0 for none
     */
    AttentionScores scores(Prefixes prefixes, double scale, double cap) {
        Visible visible = behind(prefixes);
        return new AttentionScores(
                visible.additive(), visible.causal(), scale, cap, visible.bias());
    }

    /** Returns the same with mask and bias in one tensor, made once for all layers. */
    AttentionScores summedScores(Prefixes prefixes, double scale, double cap) {
        Visible visible = behind(prefixes);
        return visible.sum() == null
                ? scores(prefixes, scale, cap)
                : new AttentionScores(visible.sum(), false, scale, cap);
    }

    private Visible behind(Prefixes prefixes) {
        int[] lengths = prefixes.lengths();
        return behind.computeIfAbsent(
                Arrays.stream(lengths).boxed().toList(),
                key ->
                        maker.apply(prefixes.isEmpty() ? sequence : sequence.withPast(lengths))
                                .in(scope));
    }

    /** The layout's mask, [rows, keys], or null where nothing is padding. */
    private static @Nullable Tensor tokens(Ops ops, SequenceLayout all) {
        long[] mask = all.mask();
        return mask == null ? null : ops.longs(mask, all.rows(), width(all));
    }

    private static int width(SequenceLayout layout) {
        return layout.past() + layout.length();
    }
}
