package org.peft4j.core.points;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * A frozen normalisation over the last dimension.
 *
 * @param path the module path
 * @param kind which normalisation
 * @param epsilon what keeps the root away from zero
 * @param frozen its pretrained parameters
 */
public record NormPoint(String path, Kind kind, double epsilon, NormWeights frozen)
        implements InjectionPoint {

    /** Which normalisation. */
    public enum Kind {
        /** Zhang and Sennrich 2019. */
        RMS,
        /** The same with weights counted from 1, as Gemma stores them. */
        OFFSET_RMS,
        /** Ba et al. 2016. */
        LAYER
    }

    /** Normalises x, [batch, …, width], with whatever this pass's selection placed here. */
    public Tensor forward(ForwardContext context, Tensor x) {
        return RowGroup.forEach(
                context,
                context.at(this),
                x,
                (group, rows) -> forward(context, group.placements(), rows));
    }

    private Tensor forward(ForwardContext context, List<NormPlacement> placements, Tensor x) {
        Ops ops = context.ops();
        NormWeights used = context.weights(this);
        for (NormPlacement placement : placements) {
            used = placement.weights(context, used);
        }
        Tensor weight = ops.cast(used.weight(), x.dtype());
        @Nullable Tensor bias = used.bias();
        return switch (kind) {
            case RMS -> ops.rmsNorm(x, weight, epsilon);
            case OFFSET_RMS -> ops.offsetRmsNorm(x, weight, epsilon);
            case LAYER ->
                    ops.layerNorm(
                            x, weight, bias == null ? null : ops.cast(bias, x.dtype()), epsilon);
        };
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
