package org.peft4j.prompt.multitask;

import java.util.Arrays;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;

/**
 * Virtual tokens P ∘ (u_k v_kᵀ) before a row of task k: those that all tasks share, element by
 * element times the task's own matrix.
 *
 * @param shared P, [total, width]
 * @param cols u, [tasks, total, ranks]
 * @param rows v, [tasks, ranks, width]
 * @param first the first virtual token that goes here
 * @param virtualTokens how many go here
 */
record MultitaskPrompt(Tensor shared, Tensor cols, Tensor rows, int first, int virtualTokens)
        implements InputPlacement {

    @Override
    public InputFlow forward(ForwardContext context, InputFlow flow) {
        if (flow.layout().past() > 0) {
            return flow;
        }
        Ops ops = context.ops();
        int batch = flow.layout().rows();
        Tensor tasks = ops.longs(tasks(flow), batch);
        Tensor own = ops.multiply(ops.matmul(ops.rows(cols, tasks), ops.rows(rows, tasks)), shared);
        Tensor prompt = ops.narrow(own, 1, first, virtualTokens);
        return flow.with(
                ops.concat(ops.cast(prompt, flow.embeddings().dtype()), flow.embeddings(), 1),
                flow.layout().withVirtualTokens(virtualTokens));
    }

    /** Of one task, rows need not say that they belong to it. */
    private long[] tasks(InputFlow flow) {
        long count = cols.size(0);
        long[] given = flow.taskIds();
        if (given == null) {
            if (count == 1) {
                return new long[flow.layout().rows()];
            }
            throw new PeftException(
                    "this prompt is one of "
                            + count
                            + " tasks, and the batch does not say which rows are of which. Give it"
                            + " task ids (withTaskIds).");
        }
        if (Arrays.stream(given).anyMatch(task -> task < 0 || task >= count)) {
            throw new PeftException(
                    "the batch has the task ids "
                            + Arrays.toString(given)
                            + ", but this prompt has the tasks 0 to "
                            + (count - 1)
                            + ".");
        }
        return given;
    }
}
