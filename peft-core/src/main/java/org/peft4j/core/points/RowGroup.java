package org.peft4j.core.points;

import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Rows of a batch that share a selection, with what that selection placed at one point.
 *
 * @param rows which rows, or null for all of them
 * @param placements in the order of the stack, the innermost first
 */
public record RowGroup<P extends Placement>(@Nullable Rows rows, List<P> placements) {

    /**
     * Some rows of a batch.
     *
     * @param members which rows
     * @param index the same, INT64 [n]
     * @param order INT64 [batch], where each row of the batch lies once all groups are laid end to
     *     end
     */
    public record Rows(int[] members, Tensor index, Tensor order) {}

    /** Returns whether this group is the whole batch. */
    boolean isWhole() {
        return rows == null;
    }

    /** Returns the rows' numbers, INT64 [n]. */
    Tensor index() {
        return split().index();
    }

    /** Returns the rows' numbers. */
    int[] members() {
        return split().members();
    }

    /** Returns where each row of the batch lies once all groups are laid end to end. */
    Tensor order() {
        return split().order();
    }

    private Rows split() {
        if (rows == null) {
            throw new IllegalStateException("this group holds all rows of the batch");
        }
        return rows;
    }

    /** Runs each group on its own rows of x and puts the results back in the batch's order. */
    static <P extends Placement> Tensor forEach(
            ForwardContext context,
            List<RowGroup<P>> groups,
            Tensor x,
            BiFunction<RowGroup<P>, Tensor, Tensor> body) {
        if (groups.size() == 1) {
            return body.apply(groups.get(0), x);
        }
        Ops ops = context.ops();
        @Nullable Tensor all = null;
        for (RowGroup<P> group : groups) {
            Tensor part = body.apply(group, ops.rows(x, group.index()));
            all = all == null ? part : ops.concat(all, part, 0);
        }
        if (all == null) {
            throw new IllegalStateException("a batch has at least one row");
        }
        return ops.rows(all, groups.get(0).order());
    }
}
