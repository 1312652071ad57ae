package org.peft4j.core.points;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/**
 * A frozen table of embeddings.
 *
 * @param path the module path
 * @param table [vocabulary, width]
 * @param isShifted whether the module finds the rows by itself, other than those of its input: so
 *     do positions of BART and OPT, and in Python a change beside such a module looks up other rows
 */
public record EmbeddingPoint(String path, Tensor table, boolean isShifted)
        implements InjectionPoint {

    /** A table whose rows are those of the ids. */
    public EmbeddingPoint(String path, Tensor table) {
        this(path, table, false);
    }

    /** Returns the number of rows of the table. */
    public long vocabulary() {
        return table.size(0);
    }

    /** Returns the width of an embedding. */
    public long width() {
        return table.size(1);
    }

    /**
     * Embeds ids with whatever this pass's selection placed here.
     *
     * @param ids INT64 [batch, length]
     * @return [batch, length, width]
     */
    public Tensor forward(ForwardContext context, Tensor ids) {
        return RowGroup.forEach(
                context,
                context.at(this),
                ids,
                (group, rows) -> forward(context, group.placements(), rows));
    }

    private Tensor forward(
            ForwardContext context, List<EmbeddingPlacement> placements, Tensor ids) {
        Tensor used = context.weights(this);
        for (EmbeddingPlacement placement : placements) {
            used = placement.table(context, used);
        }
        Tensor y = context.ops().cast(context.ops().embedding(ids, used), table.dtype());
        for (EmbeddingPlacement placement : placements) {
            y = placement.forward(context, ids, y);
        }
        return y;
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
