package org.peft4j.prompt.multitask;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.Bases;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.GenerationRequest;
import org.peft4j.transformers.generation.Generator;

/** Tasks that share a prompt, and what a target task takes of it. */
final class MultitaskPromptTest {

    private static final Path SOURCE =
            Fixtures.adapter("llama-multitask").resolve("adapter_model.safetensors");

    private static MultitaskPromptConfigBuilder target() {
        return MultitaskPromptConfig.builder().virtualTokens(4).ranks(2);
    }

    private static void startsAsInPython(SourceTasks.Use use, PeftConfig config) {
        Golden golden = Fixtures.golden("prompt-starts");
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            Adapter adapter = model.add("a", config);
            int compared = 0;
            for (Parameter parameter : adapter.parameters()) {
                String name = use + "." + parameter.key();
                if (golden.contains(name)) {
                    Compare.close(name, golden.floats(name), parameter.value().toFloats(), 1e-6);
                    compared++;
                }
            }
            assertEquals(use == SourceTasks.Use.ONLY_SOURCE_SHARED ? 1 : 3, compared);
            PeftConfig again =
                    new MultitaskPromptMethod()
                            .readConfig(JsonFields.of(SOURCE, adapter.config().toJson()));
            assertEquals(adapter.config(), again);
        }
    }

    @Test
    void aTargetTaskStartsAsInPython() {
        startsAsInPython(SourceTasks.Use.AVERAGE_SOURCE_TASKS, target().averageOf(SOURCE).build());
        startsAsInPython(SourceTasks.Use.EXACT_SOURCE_TASK, target().exactly(SOURCE, 2).build());
        startsAsInPython(SourceTasks.Use.ONLY_SOURCE_SHARED, target().sharedOf(SOURCE).build());
    }

    private static void refused(String because, Supplier<PeftConfig> config) {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            PeftException refusal =
                    assertThrows(PeftException.class, () -> model.add("a", config.get()));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains(because), message);
        }
    }

    @Test
    void whatCannotBeSaysSo() {
        refused("starts one target task", () -> target().averageOf(SOURCE).tasks(2).build());
        refused("has 3 tasks, but task 3", () -> target().exactly(SOURCE, 3).build());
        refused(
                "as many virtual tokens",
                () -> MultitaskPromptConfig.builder().virtualTokens(5).sharedOf(SOURCE).build());
        refused("num_ranks", () -> target().ranks(0).build());
    }

    @Test
    void rowsAreOfTheTaskThatTheyName() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.load("a", Fixtures.adapter("llama-multitask"));
            AdapterSelection a = AdapterSelection.of("a");
            long[] text = {5, 6, 7};
            TokenBatch one = TokenBatch.of(text);
            TokenBatch two = TokenBatch.of(text, text).withTaskIds(2, 1);
            float[] both = Tensors.logits(model, a, two);
            float[] second = Tensors.logits(model, a, one.withTaskIds(1));
            float[] first = Tensors.logits(model, a, one.withTaskIds(2));
            Compare.close("task 2", first, java.util.Arrays.copyOf(both, first.length), 1e-5);
            Compare.close(
                    "task 1",
                    second,
                    java.util.Arrays.copyOfRange(both, first.length, both.length),
                    1e-5);
            refusedBatch(model, one, "does not say which rows");
            refusedBatch(model, one.withTaskIds(3), "the tasks 0 to 2");

            Generator generator = Generator.greedy(model, GenerationConfig.of(6));
            GenerationRequest request = GenerationRequest.of(a, List.of(text, text));
            List<long[]> texts =
                    generator.run(request.withTaskIds(2L, 1L)).stream().map(s -> s.ids()).toList();
            GenerationRequest alone = GenerationRequest.of(a, List.of(text));
            assertArrayEquals(generator.run(alone.withTaskIds(2L)).get(0).ids(), texts.get(0));
            assertArrayEquals(generator.run(alone.withTaskIds(1L)).get(0).ids(), texts.get(1));
        }
    }

    private static void refusedBatch(PeftModel model, TokenBatch batch, String because) {
        PeftException refusal =
                assertThrows(
                        PeftException.class, () -> model.logits(AdapterSelection.of("a"), batch));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(because), message);
    }
}
