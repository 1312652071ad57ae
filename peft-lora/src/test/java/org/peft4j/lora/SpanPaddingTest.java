package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/** Where a head reads padding, padding on the left sees nothing; that must not spoil gradients. */
final class SpanPaddingTest {

    private static final TokenBatch BATCH =
            TokenBatch.padded(
                            List.of(new long[] {5, 9, 20, 7, 11, 30}, new long[] {7, 8}),
                            null,
                            0,
                            true)
                    .withLabels(1, 3, 4, 5);

    @ParameterizedTest
    @ValueSource(strings = {"llama-question-ans", "gpt2-heads", "opt-heads"})
    void gradientsAreNumbers(String name) {
        LoadOptions options =
                LoadOptions.defaults()
                        .withName(name)
                        .withHead(HeadOptions.of(TaskType.QUESTION_ANS));
        try (BaseModel base = Checkpoints.open(Fixtures.base(name), options);
                PeftModel model = PeftModel.of(base)) {
            Adapter adapter =
                    model.add(
                            "a",
                            LoraConfig.builder()
                                    .rank(4)
                                    .initialization(LoraInitialization.RANDOM)
                                    .build(),
                            1);
            model.accumulateGradients(AdapterSelection.of("a"), BATCH, 0.25, 0);
            for (float[] gradient : Tensors.gradients(adapter)) {
                float sum = 0;
                for (float element : gradient) {
                    sum += Math.abs(element);
                }
                assertTrue(Float.isFinite(sum) && sum > 0, name + " " + sum);
            }
        }
    }
}
