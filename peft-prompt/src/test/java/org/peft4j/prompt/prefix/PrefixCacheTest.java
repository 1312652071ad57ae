package org.peft4j.prompt.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.prompt.Bases;

/** The first pass writes a prefix into the cache, and later ones only read. */
final class PrefixCacheTest {

    /** A copy of the keys, or a mask for a prefix, would be a tensor more. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "gpt-neox", "opt", "phi3", "t5", "bart"})
    void aStepMakesAsManyTensorsAsWithoutAPrefix(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            boolean reads = base.decoderStart().isPresent();
            PrefixTuningConfig config =
                    PrefixTuningConfig.builder().virtualTokens(3).crossAttention(reads).build();
            model.add("prefix", config);
            AdapterSelection prefix = AdapterSelection.of("prefix");
            assertEquals(
                    tensorsOfAStep(model, AdapterSelection.none(), reads),
                    tensorsOfAStep(model, prefix, reads));
        }
    }

    private static long tensorsOfAStep(PeftModel model, AdapterSelection selection, boolean reads) {
        BaseModel base = model.base();
        TokenBatch first = TokenBatch.of(new long[] {5, 9, 20}, new long[] {7, 8, 11});
        try (ForwardContext context = model.open(selection);
                DecodingCache cache = base.newCache(2, 8)) {
            base.hiddenStates(context, reads ? first.withSource(first) : first, cache);
            base.hiddenStates(context, step(cache), cache);
            long before = base.door().tensorsMade();
            base.hiddenStates(context, step(cache), cache);
            return base.door().tensorsMade() - before;
        }
    }

    private static TokenBatch step(DecodingCache cache) {
        return new TokenBatch(new SequenceLayout(2, cache.length(), 1), new long[] {30, 31});
    }
}
