package org.peft4j.transformers.generation;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.ExitGuard;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * Runs the model for a search: one pass over the prompts, each once, then passes of one token for
 * each row that the search goes on with. Between two passes it hears of an exit of the JVM and of
 * an interrupt of its thread.
 */
final class DecodingLoop {

    private final PeftModel model;
    private final PromptBatch prompts;
    private final int mostNewTokens;
    private final double guidanceScale;

    DecodingLoop(PeftModel model, PromptBatch prompts, int mostNewTokens, double guidanceScale) {
        this.model = model;
        this.prompts = prompts;
        this.mostNewTokens = mostNewTokens;
        this.guidanceScale = guidanceScale;
    }

    /** Runs until the search needs no further pass. */
    void run(AdapterSelection selection, Search search) {
        try (ExitGuard exit = ExitGuard.open();
                NextLogits logits = logits();
                ForwardContext context = model.open(selection)) {
            NextTokens next = choose(context, search, () -> logits.first(context));
            int[] origins = IntStream.range(0, prompts.rows()).toArray();
            ForwardContext view = context;
            while (!next.isEmpty()) {
                exit.check();
                requireNoInterrupt();
                if (!next.keepsRows(origins.length)) {
                    logits.reorder(next.parents());
                    int[] moved = origins(next.parents(), origins);
                    view = Arrays.equals(moved, origins) ? view : context.forRows(moved);
                    origins = moved;
                }
                next = step(view, search, logits, next.tokens(), origins);
            }
        }
    }

    private NextLogits logits() {
        return guidanceScale == 1
                ? new CachedPasses(model.base(), prompts, mostNewTokens)
                : new GuidedPasses(model.base(), prompts, mostNewTokens, guidanceScale);
    }

    /** Returns the prompt of each row that continues one of the last pass. */
    private static int[] origins(int[] parents, int[] before) {
        return Arrays.stream(parents).map(row -> before[row]).toArray();
    }

    private static NextTokens step(
            ForwardContext view, Search search, NextLogits logits, long[] tokens, int[] origins) {
        return choose(view, search, () -> logits.next(view, tokens, origins));
    }

    private static NextTokens choose(
            ForwardContext context, Search search, Supplier<Tensor> logits) {
        try (Scope scope = context.ops().scope()) {
            return search.choose(context.ops(), logits.get());
        }
    }

    /** The flag stays set: whoever interrupted the thread may ask for more than this text. */
    private static void requireNoInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new PeftException("generation was stopped, because its thread was interrupted.");
        }
    }
}
