package org.peft4j.transformers.generation;

import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Passes of the model that read every token once: a cache keeps what they computed. It is copied
 * only where the rows change.
 */
final class CachedPasses implements NextLogits {

    private final BaseModel base;
    private final PromptBatch prompts;
    private final DecodingCache cache;

    /** How many positions a method has put before the prompts. */
    private int virtual;

    CachedPasses(BaseModel base, PromptBatch prompts, int mostNewTokens) {
        this.base = base;
        this.prompts = prompts;
        long capacity = (long) prompts.width() + mostNewTokens;
        this.cache = base.newCache(prompts.rows(), (int) Math.min(Integer.MAX_VALUE, capacity));
    }

    @Override
    public Tensor first(ForwardContext context) {
        return pass(context, prompts.first());
    }

    @Override
    public Tensor next(ForwardContext context, long[] tokens, int[] origins) {
        return pass(context, prompts.next(tokens, origins, cache.length(), virtual));
    }

    @Override
    public void reorder(int[] rows) {
        cache.reorder(rows);
    }

    private Tensor pass(ForwardContext context, TokenBatch batch) {
        Ops ops = context.ops();
        Tensor hidden = base.hiddenStates(context, batch, cache);
        if (batch.layout().past() == 0) {
            virtual = cache.length() - prompts.width();
        }
        Tensor last = ops.narrow(hidden, 1, hidden.size(1) - 1, 1);
        Tensor logits = base.logits(context, last, batch);
        return ops.reshape(logits, batch.rows(), logits.size(-1));
    }

    @Override
    public void close() {
        cache.close();
    }
}
