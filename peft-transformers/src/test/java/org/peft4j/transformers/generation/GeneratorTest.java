package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.generation.logits.LogitsProcessor;
import org.peft4j.transformers.text.Tokenizer;

/** What a generator does around the choice of tokens. */
final class GeneratorTest {

    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final List<long[]> PROMPTS =
            List.of(new long[] {5, 9, 20}, new long[] {7}, new long[] {30, 31, 32, 33, 34});

    /** The most probable token of a pass over the whole text, again and again. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-tied-scaled", "mistral", "qwen2"})
    void theCacheChangesNothing(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            List<long[]> cached =
                    new Generator(model, GenerationConfig.of(10)).generate(NONE, PROMPTS);
            for (int row = 0; row < PROMPTS.size(); row++) {
                long[] text = PROMPTS.get(row);
                for (int i = 0; i < 10; i++) {
                    text = Arrays.copyOf(text, text.length + 1);
                    text[text.length - 1] = next(model, Arrays.copyOf(text, text.length - 1));
                }
                assertArrayEquals(
                        Arrays.copyOfRange(text, text.length - 10, text.length), cached.get(row));
            }
        }
    }

    private static long next(PeftModel model, long[] text) {
        try (Tensor logits = model.logits(NONE, TokenBatch.of(text))) {
            float[] all = logits.toFloats();
            int vocabulary = all.length / text.length;
            int best = 0;
            for (int id = 1; id < vocabulary; id++) {
                int last = all.length - vocabulary;
                best = all[last + id] > all[last + best] ? id : best;
            }
            return best;
        }
    }

    @Test
    void beamsOfABatchAreThoseOfEachPromptAlone() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            GenerationConfig config =
                    GenerationConfig.builder()
                            .maxNewTokens(10)
                            .numBeams(3)
                            .returnSequences(2)
                            .endIds(List.of(11L, 37L, 59L, 83L, 101L))
                            .build();
            Generator generator = new Generator(model, config);
            List<long[]> together = generator.generate(NONE, PROMPTS);
            for (int row = 0; row < PROMPTS.size(); row++) {
                List<long[]> alone = generator.generate(NONE, PROMPTS.subList(row, row + 1));
                assertArrayEquals(alone.get(0), together.get(2 * row));
                assertArrayEquals(alone.get(1), together.get(2 * row + 1));
            }
        }
    }

    @Test
    void tellsTokensAndTextAsTheyCome() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            GenerationConfig config =
                    GenerationConfig.builder()
                            .maxNewTokens(12)
                            .endIds(List.of(11L, 37L, 59L, 83L, 101L))
                            .sample(true)
                            .returnSequences(2)
                            .build();
            Generator generator = new Generator(model, config);
            Map<Integer, String> heard = new TreeMap<>();
            TextListener listener = (row, piece) -> heard.merge(row, piece, String::concat);
            List<FinishReason> ends = new ArrayList<>();
            TokenListener text = listener.with(tokenizer);
            TokenListener both =
                    new TokenListener() {
                        @Override
                        public void onToken(int row, long id) {
                            text.onToken(row, id);
                        }

                        @Override
                        public void onEnd(int row, FinishReason reason) {
                            text.onEnd(row, reason);
                            ends.add(reason);
                        }
                    };
            List<GeneratedSequence> texts =
                    generator.run(GenerationRequest.of(NONE, PROMPTS), both);
            assertEquals(6, ends.size());
            for (int row = 0; row < texts.size(); row++) {
                assertEquals(tokenizer.decode(texts.get(row).ids()), heard.getOrDefault(row, ""));
            }
        }
    }

    @Test
    void refusesWhatCannotBeDone() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            refused(
                    "the longest prompt has 5",
                    () ->
                            new Generator(model, GenerationConfig.builder().maxLength(5).build())
                                    .generate(NONE, PROMPTS));
            GenerationConfig beams = GenerationConfig.builder().numBeams(2).build();
            refused(
                    "cannot be listened to",
                    () -> new Generator(model, beams).generate(NONE, PROMPTS, (row, id) -> {}));
            refused(
                    "for 2 rows, but there are 3 prompts",
                    () -> GenerationRequest.of(AdapterSelection.perRow("a", "b"), PROMPTS));
            refused(
                    "for 1 rows, but there are 3 prompts",
                    () -> GenerationRequest.of(NONE, PROMPTS).withSeeds(1L));
            refused(
                    "a llama has no encoder",
                    () ->
                            new Generator(model, GenerationConfig.of(2))
                                    .run(
                                            GenerationRequest.of(NONE, PROMPTS)
                                                    .withDecoderPrompts(PROMPTS)));
            LogitsProcessor breaking = (sequence, scores) -> scores[0] = Float.NaN;
            GenerationConfig broken =
                    GenerationConfig.builder().processors(List.of(breaking)).build();
            assertThrows(
                    NonFiniteException.class,
                    () -> new Generator(model, broken).generate(NONE, PROMPTS));
        }
    }

    @Test
    void refusesToRuleEverythingOut() {
        List<Long> all = LongStream.range(0, 128).boxed().toList();
        GenerationConfig config = GenerationConfig.builder().suppressed(all).build();
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            for (GenerationConfig mode :
                    List.of(
                            config,
                            config.toBuilder().sample(true).build(),
                            config.toBuilder().numBeams(2).build())) {
                refused(
                        "every token is ruled out",
                        () -> new Generator(model, mode).generate(NONE, PROMPTS));
            }
        }
    }

    private static void refused(String part, org.junit.jupiter.api.function.Executable body) {
        String message = String.valueOf(assertThrows(PeftException.class, body).getMessage());
        assertTrue(message.contains(part), message);
    }

    @Test
    void leavesNoTensorBehind() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            List<GenerationConfig> configs =
                    List.of(
                            GenerationConfig.of(4),
                            GenerationConfig.builder().sample(true).returnSequences(3).build(),
                            GenerationConfig.builder().numBeams(3).endIds(List.of(9L)).build());
            long open = 0;
            for (int i = 0; i < 3; i++) {
                for (GenerationConfig config : configs) {
                    new Generator(model, config).generate(NONE, PROMPTS);
                }
                open = i == 0 ? base.door().openTensors() : open;
            }
            assertEquals(open, base.door().openTensors());
        }
    }
}
