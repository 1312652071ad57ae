package org.peft4j.adapter.selective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** What the selective methods write, they and {@code transformers} read again. */
final class SelectiveFilesTest {

    private static final AdapterSelection TUNED = AdapterSelection.of("tuned");

    private static BaseModel open(Path checkpoint) {
        return Checkpoints.open(checkpoint, LoadOptions.defaults().withName("base"));
    }

    private static PeftModel tuned(BaseModel base) {
        PeftModel model = PeftModel.of(base);
        Tensors.addNoise(base.door(), model.add("tuned", SelectiveConfig.fullFineTuning()), 0.1, 1);
        return model;
    }

    /** A tied weight is there once, under the name that the checkpoint has for it. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "gpt2", "t5", "t5-gated", "bart"})
    void fullFineTuningHoldsEveryTensorOfTheCheckpoint(String name, @TempDir Path directory) {
        try (BaseModel base = open(Fixtures.base(name));
                PeftModel model = tuned(base)) {
            model.save("tuned", directory);
            assertTrue(
                    model.trainableParameters().toString().endsWith("trainable%: 100.0000"),
                    () -> model.trainableParameters().toString());
        }
        Set<String> expected = new TreeSet<>();
        SafetensorsFile.open(Fixtures.base(name).resolve("model.safetensors"))
                .entries()
                .keySet()
                .forEach(tensor -> expected.add("base_model.model." + tensor));
        expected.remove("base_model.model.final_logits_bias"); // a buffer of zeros
        assertEquals(expected, keys(directory));
    }

    private static Set<String> keys(Path directory) {
        Path file = directory.resolve("adapter_model.safetensors");
        return new TreeSet<>(SafetensorsFile.open(file).entries().keySet());
    }

    @ParameterizedTest
    @MethodSource("choices")
    void onlyWhatWasChosenIsTrained(
            String base, SelectiveConfig config, List<String> expected, @TempDir Path directory) {
        try (BaseModel opened = open(Fixtures.base(base));
                PeftModel model = PeftModel.of(opened)) {
            model.add("a", config);
            model.save("a", directory);
        }
        assertEquals(
                expected.stream().map(key -> "base_model.model." + key).sorted().toList(),
                List.copyOf(keys(directory)));
    }

    static List<Arguments> choices() {
        String last = "model.layers.1.";
        String h = "transformer.h.";
        return List.of(
                Arguments.of(
                        "gpt2",
                        SelectiveConfig.bitFit(
                                ModuleKind.QUERY_KEY_VALUE, ModuleKind.FEED_FORWARD_UP),
                        List.of(
                                h + "0.attn.c_attn.bias",
                                h + "0.mlp.c_fc.bias",
                                h + "1.attn.c_attn.bias",
                                h + "1.mlp.c_fc.bias")),
                Arguments.of(
                        "gpt2",
                        SelectiveConfig.bitFit(ModuleKind.NORM).withLayers(0),
                        List.of(h + "0.ln_1.bias", h + "0.ln_2.bias")),
                Arguments.of(
                        "qwen2",
                        SelectiveConfig.bitFit(),
                        Stream.of("q", "k", "v")
                                .flatMap(
                                        m ->
                                                Stream.of(0, 1)
                                                        .map(
                                                                i ->
                                                                        "model.layers."
                                                                                + i
                                                                                + ".self_attn."
                                                                                + m
                                                                                + "_proj.bias"))
                                .toList()),
                Arguments.of(
                        "llama",
                        SelectiveConfig.of(ModuleKind.FEED_FORWARD).withLastLayers(1),
                        List.of(
                                last + "mlp.gate_proj.weight",
                                last + "mlp.up_proj.weight",
                                last + "mlp.down_proj.weight")),
                Arguments.of(
                        "llama",
                        SelectiveConfig.lastLayers(1).withoutModules("mlp", "self_attn"),
                        List.of(
                                last + "input_layernorm.weight",
                                last + "post_attention_layernorm.weight")),
                Arguments.of(
                        "llama",
                        SelectiveConfig.of(ModuleKind.NORM).withModules("model.norm"),
                        List.of("model.norm.weight")),
                // a tied weight is one weight, whichever of its modules is chosen
                Arguments.of(
                        "gpt2",
                        SelectiveConfig.of(ModuleKind.OUTPUT_EMBEDDING),
                        List.of("transformer.wte.weight")),
                Arguments.of(
                        "t5",
                        SelectiveConfig.of(ModuleKind.QUERY)
                                .withModules(TargetSpec.Regex.of(".*EncDecAttention.*"))
                                .withLastLayers(1),
                        List.of("decoder.block.1.layer.1.EncDecAttention.q.weight")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatCannotBeTrainedIsRefused(String base, SelectiveConfig config, String message) {
        try (BaseModel opened = open(Fixtures.base(base));
                PeftModel model = PeftModel.of(opened)) {
            long before = opened.door().openTensors();
            PeftException refusal = assertThrows(PeftException.class, () -> model.add("a", config));
            assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal::toString);
            assertEquals(before, opened.door().openTensors());
        }
    }

    static List<Arguments> refusals() {
        return List.of(
                Arguments.of("llama", SelectiveConfig.bitFit(), "this base (llama) has none"),
                Arguments.of(
                        "qwen2",
                        SelectiveConfig.bitFit(ModuleKind.NORM),
                        "have some: [attention, query, key, value]"),
                Arguments.of("gpt2", SelectiveConfig.bitFit(ModuleKind.QUERY), "query_key_value"),
                Arguments.of(
                        "llama",
                        SelectiveConfig.fullFineTuning().withModules("q_porj"),
                        "Near names are: q_proj"),
                Arguments.of(
                        "llama",
                        SelectiveConfig.fullFineTuning().withLayers(2),
                        "has the layers 0 to 1"),
                Arguments.of("llama", SelectiveConfig.lastLayers(3), "has 2 layers"),
                Arguments.of(
                        "llama",
                        SelectiveConfig.of(ModuleKind.EMBEDDING).withLastLayers(1),
                        "nothing to train"));
    }

    @Test
    void contradictionsAreRefused() {
        assertThrows(PeftException.class, () -> new Layers(List.of(1), 1));
        assertThrows(
                PeftException.class,
                () -> SelectiveConfig.fullFineTuning().withModules(new String[0]));
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
        PeftConfig config =
                SelectiveConfig.bitFit(ModuleKind.QUERY, ModuleKind.NORM)
                        .withTaskType(task)
                        .withLastLayers(2)
                        .withModules("layer.1")
                        .withoutModules(TargetSpec.Regex.of(".*dense"))
                        .withModulesToSave(List.of("classifier"))
                        .withBaseModel("some/base");
        assertEquals(config, read(directory, config.toJson().toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "task_type, \"CHESS\"",
        "parameters, \"gains\"",
        "module_kinds, [\"querry\"]",
        "last_layers, -1",
        "layers, [-1]",
    })
    void aWrongValueIsRefusedByName(String key, String value, @TempDir Path directory) {
        String json = "{\"peft_type\": \"SELECTIVE\", \"" + key + "\": " + value + "}";
        BadFileException refusal =
                assertThrows(BadFileException.class, () -> read(directory, json));
        assertTrue(String.valueOf(refusal.getMessage()).contains(key), refusal::toString);
    }

    private static PeftConfig read(Path directory, String json) throws IOException {
        Path file = directory.resolve("adapter_config.json");
        Files.writeString(file, json);
        return new SelectiveMethod().readConfig(JsonFields.read(file));
    }
}
