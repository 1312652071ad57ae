package org.peft4j.prompt.prefix;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.Encoding;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPlacement;

/**
 * Keys and values beside those of one attention, as AdapterHub's library has them: no position
 * counts them, and what is weakened by a gate depends on what a pass reads. So they are joined anew
 * in every pass, where a {@link Prefix} lies in the cache.
 *
 * @param matrix the prefix of all layers, [tokens, columns]
 * @param tokens how many there are
 * @param keyColumn where this attention's keys begin; its values come right behind
 * @param gate weakens it in each row, or null
 * @param dropout the probability with which an element is zeroed in training
 */
record PrefixBeside(
        Encoding matrix, int tokens, long keyColumn, @Nullable PrefixGate gate, double dropout)
        implements AttentionPlacement {

    @Override
    public AttentionFlow before(ForwardContext context, AttentionFlow flow) {
        Ops ops = context.ops();
        Tensor p = matrix.in(context);
        long width = flow.keys().size(1) * flow.keys().size(3);
        PrefixGate.@Nullable Gates gates = gate == null ? null : gate.of(context, flow.read());
        return flow.with(
                prefixed(context, flow.keys(), p, keyColumn, gates == null ? null : gates.keys()),
                prefixed(
                        context,
                        flow.values(),
                        p,
                        keyColumn + width,
                        gates == null ? null : gates.values()),
                scores(ops, flow));
    }

    private Tensor prefixed(
            ForwardContext context, Tensor x, Tensor p, long column, @Nullable Tensor strength) {
        boolean drops = context.isTraining() && dropout > 0;
        return context.ops()
                .attention()
                .gatedPrefixed(
                        x,
                        p,
                        column,
                        strength,
                        drops ? dropout : 0,
                        drops ? context.nextSeed() : 0);
    }

    /** The same scores of the sequence, beside which the prefix is always visible. */
    private AttentionScores scores(Ops ops, AttentionFlow flow) {
        AttentionScores scores = flow.scores();
        long keys = flow.keys().size(2);
        @Nullable Tensor mask = scores.mask();
        if (mask == null && scores.causal()) {
            mask =
                    ops.attention()
                            .causalMask(
                                    null, flow.queries().size(2), keys, 0, false, flow.queries());
        }
        AttentionScores all = mask == null ? scores : scores.withMask(behindZeros(ops, mask));
        @Nullable Tensor bias = scores.bias();
        if (bias == null) {
            return all;
        }
        return all.withBias(behindZeros(ops, ops.narrow(bias, 3, bias.size(3) - keys, keys)));
    }

    private Tensor behindZeros(Ops ops, Tensor x) {
        Tensor zeros = ops.full(0, x.dtype(), x.size(0), x.size(1), x.size(2), tokens);
        return ops.concat(zeros, x, 3);
    }
}
