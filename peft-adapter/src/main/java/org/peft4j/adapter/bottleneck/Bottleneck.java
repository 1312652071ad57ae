package org.peft4j.adapter.bottleneck;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerFlow;
import org.peft4j.core.points.SublayerPlacement;

/**
 * A bottleneck between a sublayer and the residual stream: h ← s · W_up f(W_down h) + h (Houlsby et
 * al. 2019), or beside the sublayer: h ← h + s · W_up f(W_down x) (He et al. 2022). Computed in
 * float32 whatever the dtype of the base.
 */
public final class Bottleneck implements SublayerPlacement {

    private static final double EPSILON = 1e-5;

    private final Settings settings;
    private final Weights weights;
    private final @Nullable NormPoint norm;

    /** What the config says about the way through. */
    record Settings(
            Norms norms, Activation activation, boolean parallel, double factor, double dropout) {}

    /**
     * The parameters.
     *
     * @param before a norm of what it reads, or null
     * @param scale a trained factor, [1] or [width], or null
     * @param gate of its output, or null
     * @param after a norm of its output, or null
     */
    record Weights(
            Projection down,
            Projection up,
            Ops.@Nullable AffineNorm before,
            @Nullable Tensor scale,
            @Nullable Gate gate,
            Ops.@Nullable AffineNorm after) {}

    /** σ(w x + b), [1, width] and [1]. */
    record Gate(Tensor weight, Tensor bias) {}

    /**
     * What a bottleneck reads.
     *
     * @param x its input, [rows, length, width]
     * @param residual what its output is added to
     */
    public record Entry(Tensor x, Tensor residual) {}

    Bottleneck(Settings settings, Weights weights, @Nullable NormPoint norm) {
        this.settings = settings;
        this.weights = weights;
        this.norm = norm;
    }

    @Override
    public Tensor forward(ForwardContext context, SublayerFlow flow) {
        Entry entry = enter(context, flow);
        Tensor x = context.widened(entry.x());
        Tensor y = drop(context, up(context, x));
        @Nullable Gate gate = weights.gate();
        if (gate != null) {
            y = context.ops().sequenceGate(y, x, gate.weight(), gate.bias());
        }
        return leave(context, flow, entry.residual(), y);
    }

    /** Returns what it reads, with the layer's own sum and norm where they come first. */
    public Entry enter(ForwardContext context, SublayerFlow flow) {
        if (settings.parallel()) {
            return new Entry(flow.stream(), flow.output());
        }
        Tensor x = flow.output();
        Tensor residual = x;
        if (settings.norms().originalBefore()) {
            x = context.ops().add(flow.stream(), x);
            residual = settings.norms().residual() == Residual.SUM ? x : residual;
            x = norm == null ? x : norm.forward(context, x);
        }
        return new Entry(x, settings.norms().residual() == Residual.NORM ? x : residual);
    }

    /**
     * Returns s · W_up f(W_down x).
     *
     * @param x FLOAT32 [rows, length, width]
     */
    public Tensor up(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        return ops.bottleneck(
                x,
                weights.before(),
                weights.down().weight(ops),
                weights.down().bias(),
                weights.up().weight(ops),
                weights.up().bias(),
                settings.activation(),
                settings.factor(),
                weights.scale());
    }

    /** Returns whether it reads the residual stream before the sublayer. */
    public boolean isParallel() {
        return settings.parallel();
    }

    private Tensor drop(ForwardContext context, Tensor y) {
        boolean drops = context.isTraining() && settings.dropout() > 0;
        return drops ? context.ops().dropout(y, settings.dropout(), context.nextSeed()) : y;
    }

    private Tensor leave(ForwardContext context, SublayerFlow flow, Tensor residual, Tensor y) {
        Ops ops = context.ops();
        Ops.@Nullable AffineNorm after = weights.after();
        boolean sumFirst =
                after != null && settings.norms().residualBeforeNorm() && !settings.parallel();
        if (sumFirst) {
            y = ops.add(y, residual);
        }
        if (after != null) {
            y = ops.layerNorm(y, after.weight(), after.bias(), EPSILON);
        }
        return sumFirst ? ops.cast(y, flow.output().dtype()) : ops.add(residual, y);
    }

    @Override
    public boolean replacesStream() {
        return !settings.norms().originalAfter();
    }
}
