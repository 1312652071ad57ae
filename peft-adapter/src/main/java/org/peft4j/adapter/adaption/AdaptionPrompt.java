package org.peft4j.adapter.adaption;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AdditiveLinearPlacement;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPlacement;

/** The gated attention to a prompt, in one layer. */
final class AdaptionPrompt implements AttentionPlacement {

    private final Tensor prompt;
    private final Tensor gate;
    private final PromptProjection projection;

    /**
     * Makes the placement.
     *
     * @param prompt P, [1, tokens, hidden size]
     * @param gate g, [1]
     * @param projection the base's keys and values of a prompt, and whether {@link Behind} adds
     *     what is made of them
     */
    AdaptionPrompt(Tensor prompt, Tensor gate, PromptProjection projection) {
        this.prompt = prompt;
        this.gate = gate;
        this.projection = projection;
    }

    @Override
    public Tensor after(ForwardContext context, AttentionFlow flow, Tensor output) {
        Ops ops = context.ops();
        Tensor both = context.once(this, () -> projection.keysAndValues(context, prompt));
        long width = both.size(2) / 2;
        Tensor attended =
                ops.attention()
                        .gated(
                                flow.queries(),
                                ops.narrow(both, 2, 0, width),
                                ops.narrow(both, 2, width, width),
                                gate);
        if (projection.isAddedBehind()) {
            context.handOn(this, attended);
            return output;
        }
        return ops.add(output, attended);
    }

    /** Adds behind the output projection what its layer attended to. */
    record Behind(AdaptionPrompt attention) implements AdditiveLinearPlacement {
        @Override
        public Tensor delta(ForwardContext context, Tensor x) {
            Tensor attended = context.takeOver(attention);
            return attention.projection.isFused()
                    ? attended
                    : attention.projection.output(context, attended);
        }
    }
}
