package org.peft4j.prompt.internal;

import java.util.List;
import org.peft4j.core.Encoding;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.VirtualLabel;

/**
 * Virtual tokens before every row: X becomes [P; X].
 *
 * @param prompt all virtual tokens of the adapter, [total, width]
 * @param first the first one that goes here
 * @param virtualTokens how many go here
 * @param labels which of these have labels
 */
public record SoftPrompt(Encoding prompt, int first, int virtualTokens, List<VirtualLabel> labels)
        implements InputPlacement {

    /** The key of the virtual tokens, [all of them, width]. */
    public static final String KEY = "prompt_embeddings";

    /** What the keys of saved modules begin with: peft does not wrap the base a second time. */
    public static final String MODULE_PREFIX = "base_model.";

    /** Copies the list. */
    public SoftPrompt {
        labels = List.copyOf(labels);
    }

    /** Virtual tokens that nothing is asked of. */
    public SoftPrompt(Encoding prompt, int first, int virtualTokens) {
        this(prompt, first, virtualTokens, List.of());
    }

    @Override
    public InputFlow forward(ForwardContext context, InputFlow flow) {
        if (flow.layout().past() > 0) {
            return flow;
        }
        Ops ops = context.ops();
        Tensor all = prompt.in(context);
        Tensor own = all.size(0) == virtualTokens ? all : ops.narrow(all, 0, first, virtualTokens);
        int rows = flow.layout().rows();
        Tensor one = ops.reshape(own, 1, virtualTokens, own.size(1));
        Tensor each = ops.rows(one, ops.longs(new long[rows], rows));
        return flow.with(
                ops.concat(ops.cast(each, flow.embeddings().dtype()), flow.embeddings(), 1),
                flow.layout().withVirtualTokens(virtualTokens));
    }
}
