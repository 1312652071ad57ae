package org.peft4j.transformers.generation;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ExitGuard;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * Runs the model for a search: one pass over the prompts, each once, then passes of one token for
 * each row that the search goes on with. The cache is copied only where the search changes the
 * rows.
 */
final class DecodingLoop {

    private final PeftModel model;
    private final PromptBatch prompts;
    private final int mostNewTokens;

    DecodingLoop(PeftModel model, PromptBatch prompts, int mostNewTokens) {
        this.model = model;
        this.prompts = prompts;
        this.mostNewTokens = mostNewTokens;
    }

    /** Runs until the search needs no further pass. */
    void run(AdapterSelection selection, Search search) {
        BaseModel base = model.base();
        int capacity = prompts.width() + mostNewTokens;
        try (ExitGuard exit = ExitGuard.open();
                DecodingCache cache = base.newCache(prompts.rows(), capacity);
                ForwardContext context = model.open(selection)) {
            NextTokens next = pass(context, prompts.first(), cache, search);
            int virtual = cache.length() - prompts.width();
            int[] origins = IntStream.range(0, prompts.rows()).toArray();
            ForwardContext view = context;
            while (!next.isEmpty()) {
                exit.check();
                if (!next.keepsRows(origins.length)) {
                    cache.reorder(next.parents());
                    int[] moved = origins(next.parents(), origins);
                    view = Arrays.equals(moved, origins) ? view : context.forRows(moved);
                    origins = moved;
                }
                TokenBatch batch = prompts.next(next.tokens(), origins, cache.length(), virtual);
                next = pass(view, batch, cache, search);
            }
        }
    }

    /** Returns the prompt of each row that continues one of the last pass. */
    private static int[] origins(int[] parents, int[] before) {
        return Arrays.stream(parents).map(row -> before[row]).toArray();
    }

    private NextTokens pass(
            ForwardContext context, TokenBatch batch, DecodingCache cache, Search search) {
        Ops ops = context.ops();
        BaseModel base = model.base();
        try (Scope scope = ops.scope()) {
            Tensor hidden = base.hiddenStates(context, batch, cache);
            Tensor last = ops.narrow(hidden, 1, hidden.size(1) - 1, 1);
            Tensor logits = base.logits(context, last, batch);
            return search.choose(ops, ops.reshape(logits, batch.rows(), logits.size(-1)));
        }
    }
}
