package org.peft4j.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.lora.LoraConfig;

/** Modules that configs and files name in peft's way, and files that name others. */
final class ModuleNamesTest {

    private static final Path GOLDEN = Fixtures.base("llama").resolve("../../golden/names.json");

    static Stream<String> cases() {
        return JsonFiles.read(GOLDEN).keySet().stream();
    }

    private static Path adapter(String name) {
        return Fixtures.base("llama").resolve("../../names").resolve(name);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsArePythons(String name) {
        JsonObject golden = JsonFiles.read(GOLDEN).getAsJsonObject(name);
        try (BaseModel base = open(golden);
                PeftModel model = PeftModel.of(base)) {
            model.load("default", adapter(name));
            try (Tensor logits = model.logits(AdapterSelection.of("default"), batch(golden))) {
                float[] expected = floats(golden.getAsJsonArray("logits").asList());
                float[] all = logits.toFloats();
                Compare.close(
                        name,
                        expected,
                        Arrays.copyOfRange(all, all.length - expected.length, all.length),
                        1e-5);
            }
        }
    }

    private static BaseModel open(JsonObject golden) {
        return Bases.open(
                golden.get("base").getAsString(),
                TaskType.valueOf(golden.get("task").getAsString()));
    }

    private static TokenBatch batch(JsonObject golden) {
        TokenBatch ids = TokenBatch.of(longs(golden.getAsJsonArray("ids").asList()));
        long[] decoder = longs(golden.getAsJsonArray("decoder_ids").asList());
        return decoder.length == 0 ? ids : TokenBatch.of(decoder).withSource(ids);
    }

    private static long[] longs(List<JsonElement> list) {
        return list.stream().mapToLong(JsonElement::getAsLong).toArray();
    }

    private static float[] floats(List<JsonElement> list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = list.get(i).getAsFloat();
        }
        return floats;
    }

    /** What is loaded is written back: the tensors but those of no module, and how it started. */
    @ParameterizedTest
    @ValueSource(strings = {"norm", "head", "layer-norm", "eva", "orthogonal", "mica"})
    void filesArePythons(String name, @TempDir Path directory) {
        JsonObject golden = JsonFiles.read(GOLDEN).getAsJsonObject(name);
        try (BaseModel base = open(golden);
                PeftModel model = PeftModel.of(base)) {
            model.load("default", adapter(name));
            model.save("default", directory);
        }
        assertEquals(keys(adapter(name)), keys(directory));
        for (String key : List.of("init_lora_weights", "eva_config", "modules_to_save")) {
            assertEquals(
                    JsonFiles.read(adapter(name).resolve("adapter_config.json")).get(key),
                    JsonFiles.read(directory.resolve("adapter_config.json")).get(key));
        }
    }

    private static Set<String> keys(Path directory) {
        Path file = directory.resolve("adapter_model.safetensors");
        return new TreeSet<>(SafetensorsFile.open(file).entries().keySet());
    }

    @Test
    void freshAdaptersSaveEveryModuleThatEndsSo(@TempDir Path directory) {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            model.add(
                    "default",
                    LoraConfig.builder()
                            .rank(2)
                            .targetModules("q_proj", "v_proj")
                            .modulesToSave("norm")
                            .build());
            model.save("default", directory);
        }
        assertEquals(keys(adapter("norm")), keys(directory));
    }

    @Test
    void aTargetIsNotSavedByAccident() {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            LoraConfig config =
                    LoraConfig.builder().targetModules("q_proj").modulesToSave("proj").build();
            assertTrue(
                    message(() -> model.add("default", config)).contains("ends in proj"),
                    "the name is told");
        }
    }

    private static String message(org.junit.jupiter.api.function.Executable call) {
        return String.valueOf(assertThrows(PeftException.class, call).getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "base_model.model.model.layers, base_model.model.model.language_model.layers, language_model",
        "base_model.model., base_model.model._orig_mod., torch.compile",
        "base_model.model., _orig_mod.base_model.model., torch.compile",
        "base_model.model., module.base_model.model., DataParallel",
        "base_model.model., base_model.model._fsdp_wrapped_module., FSDP",
        "lora_A.weight, lora_A.default.weight, default",
        "base_model.model., '', lack the prefix",
        "base_model.model.model., base_model.model., task_type"
    })
    void otherSpellingsAreExplained(
            String ours, String theirs, String told, @TempDir Path directory) throws IOException {
        copy("orthogonal", directory, ours, theirs);
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            String message = message(() -> model.load("default", directory));
            assertTrue(message.contains(told), message);
        }
    }

    /** Copies an adapter; the names in the header become others of any length. */
    private static void copy(String name, Path directory, String ours, String theirs)
            throws IOException {
        Files.copy(
                adapter(name).resolve("adapter_config.json"),
                directory.resolve("adapter_config.json"));
        byte[] file = Files.readAllBytes(adapter(name).resolve("adapter_model.safetensors"));
        java.nio.ByteBuffer buffer =
                java.nio.ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int length = (int) buffer.getLong();
        String header =
                new String(file, 8, length, java.nio.charset.StandardCharsets.UTF_8)
                        .replace(ours, theirs);
        byte[] renamed = header.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        java.nio.ByteBuffer out =
                java.nio.ByteBuffer.allocate(8 + renamed.length + file.length - 8 - length)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        out.putLong(renamed.length).put(renamed).put(file, 8 + length, file.length - 8 - length);
        Files.write(directory.resolve("adapter_model.safetensors"), out.array());
    }

    @Test
    void anotherTasksHeadTellsHowToOpenTheBase() {
        try (BaseModel base = Bases.open("gpt2-heads", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            Path other = Fixtures.adapter("gpt2-seq-cls");
            String message = message(() -> model.load("default", other));
            assertTrue(message.contains("HeadOptions.sequenceClassification"), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"ADALORA, no module of peft4j", "VERA, no module of peft4j", "X, class path"})
    void typesThatNobodyHasAreTold(String type, String told, @TempDir Path directory)
            throws IOException {
        copy("orthogonal", directory, "", "");
        JsonObject config = JsonFiles.read(directory.resolve("adapter_config.json"));
        config.addProperty("peft_type", type);
        Files.writeString(directory.resolve("adapter_config.json"), config.toString());
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            String message = message(() -> model.load("default", directory));
            assertTrue(message.contains(type) && message.contains(told), message);
        }
    }

    @Test
    void mlxAdaptersAreRecognised(@TempDir Path directory) throws IOException {
        Files.writeString(
                directory.resolve("adapter_config.json"),
                "{\"fine_tune_type\": \"lora\", \"lora_parameters\": {\"rank\": 8}}");
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            String message = message(() -> model.load("default", directory));
            assertTrue(message.contains("mlx"), message);
        }
    }
}
