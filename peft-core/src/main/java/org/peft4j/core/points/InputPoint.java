package org.peft4j.core.points;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/**
 * The embedded sequence of an encoder or a decoder, before its first layer.
 *
 * @param path the path of the encoder or decoder; may be empty, for that of the whole base
 * @param kind which of the two
 * @param table the embeddings of its tokens
 * @param factor what they are multiplied by on the way here, [1], as in Gemma; or null
 */
public record InputPoint(String path, Kind kind, EmbeddingPoint table, @Nullable Tensor factor)
        implements InjectionPoint {

    /** Whose input it is. */
    public enum Kind {
        /** Every position sees all others. */
        ENCODER,
        /** A position sees those before it. */
        DECODER
    }

    /** Returns the width of an embedding. */
    public long width() {
        return table.width();
    }

    /**
     * Returns what flows here for some tokens of the frozen base: what a virtual token stands in
     * for.
     *
     * @param ops operators on weights
     * @param ids below the table's vocabulary
     * @return FLOAT32 [ids, width]; belongs to the caller
     */
    public Tensor embeddings(WeightOps ops, int... ids) {
        try (Tensor rows = ops.rows(table.table(), ids)) {
            if (factor == null) {
                return ops.cast(rows, DType.FLOAT32);
            }
            try (Tensor wide = ops.cast(rows, DType.FLOAT32);
                    Tensor wideFactor = ops.cast(factor, DType.FLOAT32)) {
                return ops.scale(wide, wideFactor.toDouble());
            }
        }
    }

    /**
     * Passes the input through whatever this pass's selection placed here. Where rows get different
     * numbers of virtual tokens, the shorter ones are padded on the left.
     */
    public InputFlow forward(ForwardContext context, InputFlow flow) {
        List<RowGroup<InputPlacement>> groups = context.at(this);
        if (groups.size() == 1) {
            return forward(context, groups.get(0).placements(), flow);
        }
        Ops ops = context.ops();
        List<InputFlow> parts =
                groups.stream()
                        .map(g -> forward(context, g.placements(), flow.rows(ops, g)))
                        .toList();
        return flow.together(ops, parts, groups);
    }

    private static InputFlow forward(
            ForwardContext context, List<InputPlacement> placements, InputFlow flow) {
        // virtual tokens first: a prefix moves the sequence behind it, and they are part of that
        InputFlow changed = flow;
        for (boolean addsTokens : new boolean[] {true, false}) {
            for (InputPlacement placement : placements) {
                if (placement.virtualTokens() > 0 == addsTokens) {
                    changed = placement.forward(context, changed);
                }
            }
        }
        return changed;
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
