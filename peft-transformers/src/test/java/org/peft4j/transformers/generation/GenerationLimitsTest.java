package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;

/** No setting makes generation run, or take memory, without end; and it can be interrupted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GenerationLimitsTest {

    private static final long[] PROMPT = {5, 9, 20};

    /** Beyond what the cache reserves at first, and at second. */
    private static final int LONG = 700;

    private BaseModel base = open("llama");
    private PeftModel model = PeftModel.of(base);

    private static BaseModel open(String name) {
        return Checkpoints.open(Fixtures.base(name));
    }

    @BeforeAll
    void warmUp() {
        assertEquals(1, generate(GenerationConfig.of(1)).length);
    }

    @AfterAll
    void close() {
        model.close();
        base.close();
    }

    @AfterEach
    void noInterruptIsLeft() {
        assertFalse(Thread.interrupted());
    }

    private long[] generate(GenerationConfig config) {
        return new Generator(model, config).generate(AdapterSelection.none(), PROMPT);
    }

    /** The token after which the listener interrupts its thread is the last one. */
    private long[] interrupted(GenerationConfig config, int after) {
        LongStream.Builder heard = LongStream.builder();
        int[] count = {0};
        TokenListener listener =
                new TokenListener() {
                    @Override
                    public void onToken(int row, long id) {
                        heard.add(id);
                        if (++count[0] == after) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        Generator generator = new Generator(model, config);
        PeftException stopped =
                assertThrows(
                        PeftException.class,
                        () ->
                                generator.generate(
                                        AdapterSelection.none(), List.of(PROMPT), listener));
        assertTrue(Thread.interrupted(), "the flag stays");
        assertTrue(String.valueOf(stopped.getMessage()).contains("interrupted"));
        return heard.build().toArray();
    }

    @Test
    void theLargestNumberMeansNoLimit() {
        long[] expected = generate(GenerationConfig.of(LONG));
        assertArrayEquals(expected, interrupted(GenerationConfig.of(Integer.MAX_VALUE), LONG));
        assertArrayEquals(
                expected,
                interrupted(GenerationConfig.builder().maxLength(Integer.MAX_VALUE).build(), LONG));
    }

    @Test
    void aCapacityThatNobodyReachesTakesNoMemory() {
        // 100 million positions would be 25 GB here
        assertEquals(30, interrupted(GenerationConfig.of(100_000_000), 30).length);
    }

    @Test
    void beamSearchHearsOfAnInterrupt() {
        Thread.currentThread().interrupt();
        GenerationConfig config =
                GenerationConfig.builder().maxNewTokens(1_000_000).numBeams(3).build();
        assertThrows(PeftException.class, () -> generate(config));
        assertTrue(Thread.interrupted());
    }

    @ParameterizedTest
    @ValueSource(ints = {10_001, 1_000_000, Integer.MAX_VALUE})
    void beamsAndSequencesMustFit(int count) {
        refused(
                "at most 10000 fit",
                GenerationConfig.builder().numBeams(count).returnSequences(1).build());
        refused(
                "at most 10000 fit",
                GenerationConfig.builder().sample(true).returnSequences(count).build());
    }

    @Test
    void moreEndTokensThanCandidatesAreNoOverflow() {
        GenerationConfig config =
                GenerationConfig.builder()
                        .maxNewTokens(2)
                        .numBeams(4)
                        .endIds(LongStream.range(1000, 2_000_000).boxed().toList())
                        .build();
        assertEquals(2, generate(config).length);
    }

    @Test
    void aPenaltyThatMakesNoScoreIsRefused() {
        refused(
                "lengthPenalty is -1.0E308",
                GenerationConfig.builder()
                        .maxNewTokens(4)
                        .numBeams(2)
                        .lengthPenalty(-1e308)
                        .build());
    }

    @Test
    void guidanceIsForOneBeamAndForDecoders() {
        PeftException beams =
                assertThrows(
                        PeftException.class,
                        () -> GenerationConfig.builder().numBeams(2).guidanceScale(2).build());
        assertTrue(String.valueOf(beams.getMessage()).contains("one beam"));
        try (BaseModel t5 = open("t5");
                PeftModel reader = PeftModel.of(t5)) {
            Generator generator =
                    new Generator(reader, GenerationConfig.builder().guidanceScale(2).build());
            PeftException source =
                    assertThrows(
                            PeftException.class,
                            () -> generator.generate(AdapterSelection.none(), PROMPT));
            assertTrue(String.valueOf(source.getMessage()).contains("for decoders alone"));
        }
    }

    private void refused(String part, GenerationConfig config) {
        String message =
                String.valueOf(
                        assertThrows(PeftException.class, () -> generate(config)).getMessage());
        assertTrue(message.contains(part), message);
    }
}
