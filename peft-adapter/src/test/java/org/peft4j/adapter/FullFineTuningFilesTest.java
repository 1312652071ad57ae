package org.peft4j.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** What full fine-tuning writes, it and {@code transformers} read again. */
final class FullFineTuningFilesTest {

    private static final AdapterSelection TUNED = AdapterSelection.of("tuned");

    private static BaseModel open(Path checkpoint) {
        return Checkpoints.open(checkpoint, LoadOptions.defaults().withName("base"));
    }

    private static PeftModel tuned(BaseModel base) {
        PeftModel model = PeftModel.of(base);
        Tensors.addNoise(base.door(), model.add("tuned", new FullFineTuningConfig()), 0.1, 1);
        return model;
    }

    /** The head of a tied base is trained as a weight of its own. */
    @ParameterizedTest
    @CsvSource({"llama,", "qwen2,lm_head.weight"})
    void theFileHoldsEveryTensorOfTheCheckpoint(
            String name, @Nullable String untied, @TempDir Path directory) {
        try (BaseModel base = open(Fixtures.base(name));
                PeftModel model = tuned(base)) {
            model.save("tuned", directory);
        }
        Set<String> expected = new TreeSet<>();
        SafetensorsFile.open(Fixtures.base(name).resolve("model.safetensors"))
                .entries()
                .keySet()
                .forEach(tensor -> expected.add("base_model.model." + tensor));
        if (untied != null) {
            expected.add("base_model.model." + untied);
        }
        Path file = directory.resolve("adapter_model.safetensors");
        assertEquals(expected, new TreeSet<>(SafetensorsFile.open(file).entries().keySet()));
    }

    @Test
    void aMergedCheckpointComputesWhatTheTunedBaseDid(@TempDir Path directory) {
        TokenBatch batch = Fixtures.golden("bases/llama").batch("");
        float[] expected;
        try (BaseModel base = open(Fixtures.base("llama"));
                PeftModel model = tuned(base)) {
            expected = Tensors.logits(model, TUNED, batch);
            model.writeMerged(directory, "tuned");
        }
        try (BaseModel written = open(directory);
                PeftModel model = PeftModel.of(written)) {
            float[] actual = Tensors.logits(model, AdapterSelection.none(), batch);
            assertArrayEquals(expected, actual, 1e-6f);
        }
    }

    @ParameterizedTest
    @NullSource
    @EnumSource(TaskType.class)
    void theConfigIsReadAsItWasWritten(@Nullable TaskType task, @TempDir Path directory)
            throws IOException {
        PeftConfig config = new FullFineTuningConfig(task, "some/base");
        assertEquals(config, read(directory, config.toJson().toString()));
    }

    @Test
    void anUnknownTaskIsRefusedByName(@TempDir Path directory) {
        BadFileException refusal =
                assertThrows(
                        BadFileException.class,
                        () ->
                                read(
                                        directory,
                                        "{\"peft_type\": \"FULL_FINE_TUNING\", \"task_type\":"
                                                + " \"CHESS\"}"));
        assertTrue(String.valueOf(refusal.getMessage()).contains("task_type"), refusal::toString);
    }

    private static PeftConfig read(Path directory, String json) throws IOException {
        Path file = directory.resolve("adapter_config.json");
        Files.writeString(file, json);
        return new FullFineTuning().readConfig(JsonFields.read(file));
    }
}
