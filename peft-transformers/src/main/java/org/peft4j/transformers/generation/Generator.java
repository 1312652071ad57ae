package org.peft4j.transformers.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;

/**
 * Continues prompts token by token: one pass over the prompts fills a key-value cache, then each
 * pass adds one token to every row. Prompts of different lengths are padded on the left. Safe for
 * many threads; a call runs on its own thread.
 */
public final class Generator {

    private final PeftModel model;
    private final GenerationConfig config;
    private final TokenChoice choice;

    /**
     * Makes a generator.
     *
     * @param model the base and its adapters
     * @param config when to end
     * @param choice how to choose a token
     */
    public Generator(PeftModel model, GenerationConfig config, TokenChoice choice) {
        this.model = model;
        this.config = config;
        this.choice = choice;
    }

    /** Makes a generator that takes the most probable token. */
    public static Generator greedy(PeftModel model, GenerationConfig config) {
        return new Generator(model, config, TokenChoice.GREEDY);
    }

    /** Continues one prompt. */
    public long[] generate(AdapterSelection selection, long[] prompt) {
        return generate(selection, List.of(prompt)).get(0);
    }

    /** Continues prompts. */
    public List<long[]> generate(AdapterSelection selection, List<long[]> prompts) {
        return generate(selection, prompts, TokenListener.NONE);
    }

    /**
     * Continues prompts.
     *
     * @param selection which adapters act; may be another one for each row
     * @param prompts the ids of each row, none empty
     * @param listener hears of each new token at once
     * @return for each row the new ids, with the end token where there was one
     */
    public List<long[]> generate(
            AdapterSelection selection, List<long[]> prompts, TokenListener listener) {
        requirePrompts(selection, prompts);
        BaseModel base = model.base();
        TokenBatch batch = TokenBatch.padded(prompts, null, config.padId(), true);
        Rows rows = new Rows(prompts.size(), listener);
        try (DecodingCache cache =
                        base.newCache(batch.rows(), batch.length() + config.maxNewTokens());
                ForwardContext context = model.open(selection)) {
            SequenceLayout seen = batch.layout();
            for (int step = 1; ; step++) {
                long[] chosen = rows.take(next(context, batch, cache));
                if (step == config.maxNewTokens() || rows.allEnded()) {
                    return rows.texts();
                }
                seen = extended(seen, cache.length());
                batch = new TokenBatch(seen, chosen);
            }
        }
    }

    private long[] next(ForwardContext context, TokenBatch batch, DecodingCache cache) {
        Ops ops = context.ops();
        BaseModel base = model.base();
        try (Scope scope = ops.scope()) {
            Tensor hidden = base.hiddenStates(context, batch, cache);
            Tensor last = ops.narrow(hidden, 1, hidden.size(1) - 1, 1);
            Tensor logits = base.logits(context, last, batch);
            return choice.choose(ops, ops.reshape(logits, batch.rows(), logits.size(-1)));
        }
    }

    /** The layout of one more token per row after all that the cache holds. */
    private static SequenceLayout extended(SequenceLayout seen, int cached) {
        long[] mask = seen.mask();
        if (mask == null) {
            return new SequenceLayout(seen.rows(), cached, 1);
        }
        int width = seen.past() + seen.length();
        int virtual = cached - width;
        long[] longer = new long[seen.rows() * (cached + 1)];
        Arrays.fill(longer, 1);
        for (int row = 0; row < seen.rows(); row++) {
            System.arraycopy(mask, row * width, longer, row * (cached + 1) + virtual, width);
        }
        return new SequenceLayout(seen.rows(), cached, 1, longer);
    }

    private static void requirePrompts(AdapterSelection selection, List<long[]> prompts) {
        if (prompts.isEmpty()) {
            throw new PeftException("there is no prompt to continue. Give at least one.");
        }
        for (int row = 0; row < prompts.size(); row++) {
            if (prompts.get(row).length == 0) {
                throw new PeftException(
                        "prompt " + row + " is empty. Give at least the token that begins a text.");
            }
        }
        if (selection.isPerRow() && selection.rows().size() != prompts.size()) {
            throw new PeftException(
                    "the selection has adapters for "
                            + selection.rows().size()
                            + " rows, but there are "
                            + prompts.size()
                            + " prompts.");
        }
    }

    /** What was generated so far. */
    private final class Rows {

        private final List<List<Long>> texts = new ArrayList<>();
        private final boolean[] ended;
        private final TokenListener listener;

        Rows(int count, TokenListener listener) {
            for (int row = 0; row < count; row++) {
                texts.add(new ArrayList<>());
            }
            this.ended = new boolean[count];
            this.listener = listener;
        }

        /** Adds a token to each row that has not ended, and returns what the next pass reads. */
        long[] take(long[] chosen) {
            long[] read = chosen.clone();
            for (int row = 0; row < ended.length; row++) {
                if (ended[row]) {
                    read[row] = config.padId();
                    continue;
                }
                texts.get(row).add(chosen[row]);
                listener.onToken(row, chosen[row]);
                ended[row] = config.endIds().contains(chosen[row]);
            }
            return read;
        }

        boolean allEnded() {
            for (boolean end : ended) {
                if (!end) {
                    return false;
                }
            }
            return true;
        }

        List<long[]> texts() {
            return texts.stream()
                    .map(text -> text.stream().mapToLong(Long::longValue).toArray())
                    .toList();
        }
    }
}
