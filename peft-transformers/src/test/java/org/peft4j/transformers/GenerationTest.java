package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.GoldenTensor;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** Greedy generation gives the tokens that {@code transformers} gives. */
final class GenerationTest {

    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#all")
    @ValueSource(strings = "llama-bf16")
    void generatesTheSameTokens(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        LoadOptions float32 = LoadOptions.defaults().withDtype(DType.FLOAT32);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name), float32);
                PeftModel model = PeftModel.of(base)) {
            compare(model, golden, "generate.");
            compare(model, golden, "generate_batch.");
        }
    }

    private static void compare(PeftModel model, Golden golden, String prefix) {
        GoldenTensor expected = golden.get(prefix + "output_ids");
        List<long[]> prompts = prompts(golden, prefix);
        int width = golden.get(prefix + "input_ids").size(1);
        int added = expected.size(1) - width;
        List<long[]> generated =
                Generator.greedy(model, GenerationConfig.of(added))
                        .generate(AdapterSelection.none(), prompts);
        for (int row = 0; row < prompts.size(); row++) {
            long[] wanted = expected.longs(row);
            assertArrayEquals(Arrays.copyOfRange(wanted, width, wanted.length), generated.get(row));
        }
    }

    /** The prompts without their padding. */
    private static List<long[]> prompts(Golden golden, String prefix) {
        GoldenTensor ids = golden.get(prefix + "input_ids");
        GoldenTensor masks = golden.get(prefix + "attention_mask");
        List<long[]> prompts = new ArrayList<>();
        for (int row = 0; row < ids.size(0); row++) {
            int padding = masks.size(1) - (int) LongStream.of(masks.longs(row)).sum();
            long[] whole = ids.longs(row);
            prompts.add(Arrays.copyOfRange(whole, padding, whole.length));
        }
        return prompts;
    }

    @Test
    void stopsEachRowAtItsEndToken() {
        Golden golden = Fixtures.golden("bases/llama");
        long end = golden.longs("generate_eos.eos_token_id")[0];
        GoldenTensor expected = golden.get("generate_eos.output_ids");
        int width = golden.get("generate_batch.input_ids").size(1);
        List<long[]> heard = new ArrayList<>();
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            GenerationConfig config = GenerationConfig.of(expected.size(1) - width).withEndIds(end);
            List<long[]> generated =
                    Generator.greedy(model, config)
                            .generate(
                                    AdapterSelection.none(),
                                    prompts(golden, "generate_batch."),
                                    (row, id) -> heard.add(new long[] {row, id}));
            for (int row = 0; row < 2; row++) {
                long[] wanted = Arrays.copyOfRange(expected.longs(row), width, expected.size(1));
                assertArrayEquals(upTo(end, wanted), generated.get(row));
                int number = row;
                assertArrayEquals(
                        generated.get(row),
                        heard.stream().filter(h -> h[0] == number).mapToLong(h -> h[1]).toArray());
            }
            assertTrue(generated.get(0).length < generated.get(1).length);
        }
    }

    private static long[] upTo(long end, long[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == end) {
                return Arrays.copyOf(ids, i + 1);
            }
        }
        return ids;
    }

    @Test
    void refusesPromptsThatCannotBeContinued() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            Generator generator = Generator.greedy(model, GenerationConfig.of(4));
            AdapterSelection none = AdapterSelection.none();
            assertThrows(PeftException.class, () -> generator.generate(none, List.of()));
            Refused.because(
                    "prompt 1 is empty",
                    () -> generator.generate(none, List.of(new long[] {1}, new long[0])));
            Refused.because(
                    "the id 128 at position 1",
                    () -> generator.generate(none, new long[] {1, 128}));
        }
    }

    /** A sequence fed in pieces of any size gives the hidden states of the whole. */
    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#withKeysThatStay")
    void aCacheFilledInPiecesGivesTheSame(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        for (String padding : List.of("", "left.")) {
            TokenBatch whole = golden.batch(padding);
            try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                    PeftModel model = PeftModel.of(base);
                    ForwardContext context = model.open(AdapterSelection.none());
                    DecodingCache cache = base.newCache(whole.rows(), whole.length())) {
                float[] expected = base.hiddenStates(context, whole, null).toFloats();
                int width = expected.length / whole.inputIds().length;
                int start = 0;
                for (int length : new int[] {1, 6, 1, 10, 2, 3, 1}) {
                    TokenBatch piece = piece(whole, start, length);
                    float[] actual = base.hiddenStates(context, piece, cache).toFloats();
                    start += length;
                    assertEquals(start, cache.length());
                    Compare.close(
                            name + " " + padding + " up to " + start,
                            columns(expected, whole.length() * width, start - length, start, width),
                            actual,
                            lastColumns(piece),
                            1e-5);
                }
                assertEquals(whole.length(), start);
            }
        }
    }

    /** Beyond 16 positions its keys turn by other angles, those from before too. */
    @Test
    void aCacheIsReadAnewWhereTheRotationsSwitch() {
        Golden golden = Fixtures.golden("bases/phi3-longrope");
        for (String padding : List.of("", "left.")) {
            TokenBatch whole = golden.batch(padding);
            try (BaseModel base = Checkpoints.open(Fixtures.base("phi3-longrope"));
                    PeftModel model = PeftModel.of(base);
                    ForwardContext context = model.open(AdapterSelection.none());
                    DecodingCache cache = base.newCache(whole.rows(), whole.length())) {
                int start = 0;
                for (int length : new int[] {6, 9, 1, 1, 3, 1, 3}) {
                    TokenBatch piece = piece(whole, start, length);
                    Tensor actual = base.hiddenStates(context, piece, cache);
                    start += length;
                    assertEquals(start, cache.length());
                    assertEquals(length, actual.size(1));
                    Tensor all = base.hiddenStates(context, piece(whole, 0, start), null);
                    Tensor expected = context.ops().narrow(all, 1, start - length, length);
                    Compare.close(
                            padding + " up to " + start,
                            context.ops().reshape(expected, -1).toFloats(),
                            context.ops().reshape(actual, -1).toFloats(),
                            lastColumns(piece),
                            1e-5);
                }
                cache.reorder(1, 0);
                assertEquals(whole.length(), cache.length());
            }
        }
    }

    @Test
    void saysWhichPositionsATableHas() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("opt"));
                PeftModel model = PeftModel.of(base)) {
            assertEquals(64, base.info().maxPositions());
            Generator generator = Generator.greedy(model, GenerationConfig.of(2));
            long[] longest = new long[63];
            Arrays.fill(longest, 5);
            assertEquals(2, generator.generate(AdapterSelection.none(), longest).length);
            long[] tooLong = Arrays.copyOf(longest, 65);
            Refused.because(
                    "row 0 needs the position 64, but this model has 64",
                    () -> generator.generate(AdapterSelection.none(), tooLong));
        }
    }

    private static TokenBatch piece(TokenBatch whole, int start, int length) {
        int width = whole.length();
        long[] mask = new long[whole.rows() * (start + length)];
        long[] ids = new long[whole.rows() * length];
        long[] given = whole.layout().mask();
        for (int row = 0; row < whole.rows(); row++) {
            for (int i = 0; i < start + length; i++) {
                mask[row * (start + length) + i] = given == null ? 1 : given[row * width + i];
            }
            System.arraycopy(whole.inputIds(), row * width + start, ids, row * length, length);
        }
        return new TokenBatch(new SequenceLayout(whole.rows(), start, length, mask), ids);
    }

    private static long[] lastColumns(TokenBatch piece) {
        SequenceLayout layout = piece.layout();
        long[] all = layout.mask();
        long[] last = new long[layout.rows() * layout.length()];
        int width = layout.past() + layout.length();
        for (int i = 0; i < last.length; i++) {
            int row = i / layout.length();
            last[i] = all == null ? 1 : all[row * width + layout.past() + i % layout.length()];
        }
        return last;
    }

    private static float[] columns(float[] values, int rowLength, int from, int to, int width) {
        int rows = values.length / rowLength;
        float[] part = new float[rows * (to - from) * width];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    values,
                    row * rowLength + from * width,
                    part,
                    row * (to - from) * width,
                    (to - from) * width);
        }
        return part;
    }

    @Test
    void aCacheReordersItsRows() {
        long[] first = {1, 20, 30};
        long[] second = {1, 40, 50};
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(AdapterSelection.none());
                DecodingCache one = base.newCache(1, 4);
                DecodingCache two = base.newCache(2, 4)) {
            base.hiddenStates(context, TokenBatch.of(second), one);
            base.hiddenStates(context, TokenBatch.of(first, second), two);
            two.reorder(1, 1, 0);
            assertEquals(3, two.length());
            Tensor alone =
                    base.hiddenStates(
                            context,
                            new TokenBatch(new SequenceLayout(1, 3, 1), new long[] {7}),
                            one);
            Tensor reordered =
                    base.hiddenStates(
                            context,
                            new TokenBatch(new SequenceLayout(3, 3, 1), new long[] {7, 7, 7}),
                            two);
            float[] expected = alone.toFloats();
            float[] actual = reordered.toFloats();
            for (int row = 0; row < 2; row++) {
                Compare.close(
                        "row " + row,
                        expected,
                        Arrays.copyOfRange(
                                actual, row * expected.length, (row + 1) * expected.length),
                        null,
                        1e-5);
            }
            assertThrows(PeftException.class, () -> two.reorder(3));
        }
    }

    /**
     * Beams change places within their prompt, prompts leave, and the past stays each row's own.
     */
    @Test
    void aCacheKeepsThePastOfBeamsThatChangePlaces() {
        long[][] beams = {{1, 20, 30}, {1, 40, 50}};
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(AdapterSelection.none());
                DecodingCache cache = base.newCache(2, 8)) {
            base.hiddenStates(context, TokenBatch.of(beams), cache);
            int[][] orders = {
                {0, 0, 0, 1, 1, 1}, {1, 0, 2, 5, 5, 3}, {0, 0, 1, 3, 4, 5}, {3, 5, 4}, {2, 1, 1}
            };
            for (int[] order : orders) {
                cache.reorder(order);
                long[][] moved = new long[order.length][];
                long[] tokens = new long[order.length];
                for (int row = 0; row < order.length; row++) {
                    tokens[row] = 60L + 7L * row + cache.length();
                    long[] past = beams[order[row]];
                    moved[row] = Arrays.copyOf(past, past.length + 1);
                    moved[row][past.length] = tokens[row];
                }
                beams = moved;
                SequenceLayout layout = new SequenceLayout(order.length, cache.length(), 1);
                float[] actual =
                        base.hiddenStates(context, new TokenBatch(layout, tokens), cache)
                                .toFloats();
                float[] whole = base.hiddenStates(context, TokenBatch.of(beams), null).toFloats();
                int width = actual.length / order.length;
                int length = beams[0].length;
                float[] expected = columns(whole, length * width, length - 1, length, width);
                Compare.close(Arrays.toString(order), expected, actual, null, 1e-5);
            }
        }
    }

    @Test
    void aCacheRefusesWhatDoesNotContinueIt() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(AdapterSelection.none());
                DecodingCache cache = base.newCache(1, 4)) {
            base.hiddenStates(context, TokenBatch.of(new long[] {1, 2, 3}), cache);
            assertThrows(
                    PeftException.class,
                    () -> base.hiddenStates(context, TokenBatch.of(new long[] {4}), cache));
            TokenBatch tooLong = new TokenBatch(new SequenceLayout(1, 3, 2), new long[] {4, 5});
            Refused.because("room for 4", () -> base.hiddenStates(context, tooLong, cache));
            assertThrows(PeftException.class, () -> base.hiddenStates(context, tooLong, null));
        }
    }
}
