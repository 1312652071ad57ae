package org.peft4j.core.points;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * The embedded sequence and where its tokens lie.
 *
 * @param embeddings [batch, length, width]
 * @param layout which positions are padding, and how positions count
 * @param taskIds the number of each row's task, or null
 */
public record InputFlow(Tensor embeddings, SequenceLayout layout, long @Nullable [] taskIds) {

    /** A flow of no known tasks. */
    public InputFlow(Tensor embeddings, SequenceLayout layout) {
        this(embeddings, layout, null);
    }

    /**
     * What flows for a batch.
     *
     * @param embeddings of its tokens
     * @param layout its own, or what else is known of it
     */
    public static InputFlow of(Tensor embeddings, SequenceLayout layout, TokenBatch batch) {
        return new InputFlow(embeddings, layout, batch.taskIds());
    }

    /** Returns what flows with other embeddings and another layout, for the same tasks. */
    public InputFlow with(Tensor others, SequenceLayout other) {
        return new InputFlow(others, other, taskIds);
    }

    /** Returns what flows in the rows of a group. */
    InputFlow rows(Ops ops, RowGroup<?> group) {
        int[] members = group.members();
        long[] tasks = taskIds;
        return new InputFlow(
                ops.rows(embeddings, group.index()),
                layout.withRows(members),
                tasks == null ? null : Arrays.stream(members).mapToLong(r -> tasks[r]).toArray());
    }

    /** Returns the same rows with padding before them. */
    InputFlow paddedTo(Ops ops, int past, int length) {
        int missing = length - layout.length();
        if (missing == 0 && past == layout.past()) {
            return this;
        }
        SequenceLayout wider = layout.paddedTo(past, length);
        if (missing == 0) {
            return with(embeddings, wider);
        }
        Tensor padding =
                ops.full(0, embeddings.dtype(), layout.rows(), missing, embeddings.size(2));
        return with(ops.concat(padding, embeddings, 1), wider);
    }

    /**
     * Lays the flows of all rows end to end and puts their rows into the batch's order. Where
     * lengths differ, the shorter ones are padded on the left.
     *
     * @param parts the flow of each group of rows
     * @param groups the groups
     */
    InputFlow together(Ops ops, List<InputFlow> parts, List<? extends RowGroup<?>> groups) {
        int past = parts.stream().mapToInt(part -> part.layout().past()).max().orElse(0);
        int length = parts.stream().mapToInt(part -> part.layout().length()).max().orElse(0);
        List<InputFlow> alike = parts.stream().map(p -> p.paddedTo(ops, past, length)).toList();
        Tensor all =
                alike.stream()
                        .map(InputFlow::embeddings)
                        .reduce((above, below) -> ops.concat(above, below, 0))
                        .orElseThrow();
        SequenceLayout together =
                SequenceLayout.together(
                        alike.stream().map(InputFlow::layout).toList(),
                        groups.stream().map(RowGroup::members).toList());
        return with(ops.rows(all, groups.get(0).order()), together);
    }
}
