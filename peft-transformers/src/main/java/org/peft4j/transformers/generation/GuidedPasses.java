package org.peft4j.transformers.generation;

import org.peft4j.core.BaseModel;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Classifier-free guidance (Sanchez et al. 2023, Stay on topic): beside each text runs one that
 * knows only the last token of the prompt and what was generated, and log p = log p₀ + s · (log p −
 * log p₀). The same adapters act on both.
 */
final class GuidedPasses implements NextLogits {

    private final CachedPasses conditional;
    private final CachedPasses unconditional;
    private final double scale;

    GuidedPasses(BaseModel base, PromptBatch prompts, int mostNewTokens, double scale) {
        this.conditional = new CachedPasses(base, prompts, mostNewTokens);
        this.unconditional = new CachedPasses(base, prompts.lastTokens(), mostNewTokens);
        this.scale = scale;
    }

    @Override
    public Tensor first(ForwardContext context) {
        Ops ops = context.ops();
        return guided(ops, conditional.first(context), unconditional.first(context));
    }

    @Override
    public Tensor next(ForwardContext context, long[] tokens, int[] origins) {
        return guided(
                context.ops(),
                conditional.next(context, tokens, origins),
                unconditional.next(context, tokens, origins));
    }

    private Tensor guided(Ops ops, Tensor with, Tensor without) {
        Tensor p = ops.logSoftmax(with);
        Tensor p0 = ops.logSoftmax(without);
        return ops.add(ops.scale(ops.add(p, ops.scale(p0, -1)), scale), p0);
    }

    @Override
    public void reorder(int[] rows) {
        conditional.reorder(rows);
        unconditional.reorder(rows);
    }

    @Override
    public void close() {
        conditional.close();
        unconditional.close();
    }
}
