package org.peft4j.prompt.prefix;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Tensors;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.Bases;
import org.peft4j.prompt.PromptTuningConfig;

/** A prefix and adapters of other methods in one stack. */
final class PrefixStackTest {

    private static final TokenBatch BATCH =
            TokenBatch.padded(List.of(new long[] {5, 9, 20, 7}, new long[] {8, 11}), null, 0, true);

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void actsOnALoraAsOnTheBaseItIsMergedInto(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            add(model, "lora", LoraConfig.builder().rank(4).build());
            add(model, "prefix", PrefixTuningConfig.pTuningV2(3));
            float[] alone = logits(model, "prefix");
            float[] stacked = logits(model, "lora", "prefix");
            model.merge("lora");
            Compare.close(name, logits(model, "prefix"), stacked, 1e-5);
            assertFalse(Arrays.equals(alone, stacked));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void comesBeforeThePromptWhicheverIsBelow(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            add(model, "prefix", PrefixTuningConfig.pTuningV2(3));
            add(model, "prompt", PromptTuningConfig.builder().virtualTokens(2).build());
            float[] both = logits(model, "prefix", "prompt");
            Compare.close(name, both, logits(model, "prompt", "prefix"), 1e-6);
            assertFalse(Arrays.equals(both, logits(model, "prefix")));
            assertFalse(Arrays.equals(both, logits(model, "prompt")));
        }
    }

    private static void add(PeftModel model, String name, PeftConfig config) {
        Tensors.addNoise(model.base().door(), model.add(name, config), 0.1, 1);
    }

    private static float[] logits(PeftModel model, String... names) {
        return Tensors.logits(model, AdapterSelection.of(names), BATCH);
    }
}
