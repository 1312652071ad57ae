package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.LatePrefixProbe.LatePrefixConfig;

/** A cache keeps prefixes before the sequence, those that the pass at hand has. */
final class PrefixCacheTest {

    private static final long[][] ROWS = {
        {5, 9, 20, 7, 11, 30, 31, 8, 12, 40, 16}, {41, 6, 17, 9, 3, 22, 13, 50, 4, 19, 8}
    };
    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final AdapterSelection TWO = AdapterSelection.of("two");
    private static final AdapterSelection FIVE = AdapterSelection.of("five");

    /** Each pass sees its own selection's prefixes, whichever those before it saw. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "opt", "gpt-neox", "qwen3"})
    void prefixesMayComeAndGoBetweenSteps(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            model.add("two", config(base, 2, 1, false));
            model.add("five", config(base, 5, 2, false));
            AdapterSelection both = AdapterSelection.perRow(List.of(TWO, FIVE));
            AdapterSelection one = AdapterSelection.perRow(List.of(NONE, FIVE));
            AdapterSelection other = AdapterSelection.perRow(List.of(FIVE, NONE));
            List<AdapterSelection> passes =
                    List.of(
                            TWO,
                            TWO,
                            FIVE,
                            both,
                            one,
                            other,
                            NONE,
                            AdapterSelection.of("two", "five"));
            try (DecodingCache cache = base.newCache(2, ROWS[0].length)) {
                int start = 0;
                for (AdapterSelection selection : passes) {
                    int end = start == 0 ? 3 : start + 1;
                    float[] expected = last(base, model, selection, piece(0, end), null);
                    float[] actual = last(base, model, selection, piece(start, end), cache);
                    Compare.close(
                            name + " up to " + end + ": " + selection, expected, actual, 1e-5);
                    start = end;
                }
                cache.reorder(1, 0);
                float[] expected = last(base, model, one, piece(0, start + 1), null);
                TokenBatch turned = piece(start, start + 1).withRows(1, 0);
                float[] actual = last(base, model, other, turned, cache);
                Compare.close(name + " turned", expected, turned(actual), 1e-5);
            }
        }
    }

    /** What differs from pass to pass is written in each; what does not is written once. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyWhatChangesIsAskedForAgain(boolean changes) {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                DecodingCache cache = base.newCache(2, 8)) {
            LatePrefixConfig config = config(base, 3, 1, changes);
            model.add("late", config);
            AdapterSelection late = AdapterSelection.of("late");
            last(base, model, late, piece(0, 3), cache);
            float[] before = last(base, model, late, piece(0, 4), null);
            config.prefix().set(random(base, 3, 7));
            float[] after = last(base, model, late, piece(0, 4), null);
            assertFalse(Arrays.equals(before, after));
            float[] cached = last(base, model, late, piece(3, 4), cache);
            Compare.close("changes: " + changes, changes ? after : before, cached, 1e-5);
        }
    }

    /** A prefix costs a step nothing but the keys that it attends to. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2"})
    void aStepMakesAsManyTensorsAsWithoutAPrefix(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            model.add("two", config(base, 2, 1, false));
            model.add("five", config(base, 5, 2, false));
            assertEquals(tensorsOfAStep(base, model, NONE), tensorsOfAStep(base, model, FIVE));
            AdapterSelection stack = AdapterSelection.of("two", "five");
            assertEquals(tensorsOfAStep(base, model, NONE), tensorsOfAStep(base, model, stack));
        }
    }

    private static long tensorsOfAStep(
            BaseModel base, PeftModel model, AdapterSelection selection) {
        try (ForwardContext context = model.open(selection);
                DecodingCache cache = base.newCache(2, ROWS[0].length)) {
            base.hiddenStates(context, piece(0, 3), cache);
            base.hiddenStates(context, piece(3, 4), cache);
            long before = base.door().tensorsMade();
            base.hiddenStates(context, piece(4, 5), cache);
            return base.door().tensorsMade() - before;
        }
    }

    private static LatePrefixConfig config(BaseModel base, int tokens, int seed, boolean changes) {
        return new LatePrefixConfig(
                new AtomicReference<>(random(base, tokens, seed)), tokens, changes);
    }

    private static KeysAndValues random(BaseModel base, int tokens, int seed) {
        AttentionPoint point = base.points().of(AttentionPoint.class).get(0);
        Random random = new Random(seed);
        return new KeysAndValues(
                random(base, point, tokens, random), random(base, point, tokens, random));
    }

    private static Tensor random(BaseModel base, AttentionPoint point, int tokens, Random random) {
        int heads = point.keyValueHeads();
        int d = point.headDim();
        float[] values = new float[heads * tokens * d];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return base.door().weights().floats(values, 1, heads, tokens, d);
    }

    private static TokenBatch piece(int start, int end) {
        long[] ids = new long[2 * (end - start)];
        for (int row = 0; row < 2; row++) {
            System.arraycopy(ROWS[row], start, ids, row * (end - start), end - start);
        }
        return new TokenBatch(new SequenceLayout(2, start, end - start), ids);
    }

    /** The hidden states of the last position, [2, width]. */
    private static float[] last(
            BaseModel base,
            PeftModel model,
            AdapterSelection selection,
            TokenBatch batch,
            @Nullable DecodingCache cache) {
        try (ForwardContext context = model.open(selection)) {
            Tensor hidden = base.hiddenStates(context, batch, cache);
            Tensor last = context.ops().narrow(hidden, 1, batch.length() - 1, 1);
            return context.ops().reshape(last, -1).toFloats();
        }
    }

    private static float[] turned(float[] rows) {
        float[] turned = new float[rows.length];
        int half = rows.length / 2;
        System.arraycopy(rows, half, turned, 0, half);
        System.arraycopy(rows, 0, turned, half, half);
        return turned;
    }
}
