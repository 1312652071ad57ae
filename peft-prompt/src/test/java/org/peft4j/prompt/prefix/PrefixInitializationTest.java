package org.peft4j.prompt.prefix;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.Bases;

/** A prefix made from a text acts as the text did. */
final class PrefixInitializationTest {

    private static final long[] CONTEXT = {5, 17, 9, 30};
    private static final long[] TEXT = {11, 8, 41, 7, 12};

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "gpt-neox", "opt"})
    void actsAsIfTheContextStoodBeforeTheText(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            long[] both = Arrays.copyOf(CONTEXT, CONTEXT.length + TEXT.length);
            System.arraycopy(TEXT, 0, both, CONTEXT.length, TEXT.length);
            float[] all = Tensors.logits(model, AdapterSelection.none(), TokenBatch.of(both));
            int width = all.length / both.length;
            model.add("a", PrefixTuningConfig.pTuningV2(CONTEXT.length));
            PrefixInitialization.fromContext(model, "a", CONTEXT);
            Compare.close(
                    name,
                    Arrays.copyOfRange(all, CONTEXT.length * width, all.length),
                    Tensors.logits(model, AdapterSelection.of("a"), TokenBatch.of(TEXT)),
                    1e-5);
        }
    }

    @Test
    void whatCannotBeSaysWhy() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.add("short", PrefixTuningConfig.pTuningV2(2));
            refused(model, "short", "has 2 virtual tokens, but the context 4");
            model.add(
                    "encoded",
                    PrefixTuningConfig.builder().virtualTokens(4).prefixProjection(true).build());
            refused(model, "encoded", "made by an encoder");
        }
    }

    private static void refused(PeftModel model, String adapter, String why) {
        PeftException e =
                assertThrows(
                        PeftException.class,
                        () -> PrefixInitialization.fromContext(model, adapter, CONTEXT));
        assertTrue(String.valueOf(e.getMessage()).contains(why), e::toString);
    }
}
