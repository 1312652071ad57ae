package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.PythonJson;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.fixtures.Fixtures;

/** Adapter files are Python's, and bad ones are refused with the reason. */
final class LoraFilesTest {

    /** Loads a copy of an adapter after a change to it, and returns why it was refused. */
    private static String refusal(
            String name, String baseName, Path directory, Consumer<Path> damage) {
        Fixtures.copy(Fixtures.adapter(name), directory);
        damage.accept(directory);
        try (BaseModel base = Bases.open(baseName);
                PeftModel model = PeftModel.of(base)) {
            long open = base.door().openTensors();
            BadFileException refusal =
                    assertThrows(BadFileException.class, () -> model.load("a", directory));
            assertEquals(Set.of(), model.adapterNames());
            assertEquals(open, base.door().openTensors());
            return String.valueOf(refusal.getMessage());
        }
    }

    private static void change(Path directory, Consumer<JsonObject> change) {
        Path file = directory.resolve("adapter_config.json");
        JsonObject json = JsonFiles.read(file);
        change.accept(json);
        try {
            Files.writeString(file, PythonJson.dumps(json));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void overwriteFirst(Path directory, String key, float value) {
        Path file = directory.resolve("adapter_model.safetensors");
        long position = SafetensorsFile.open(file).entry(key).begin();
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(value).flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(bytes, position);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertContains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void anAdapterForAnotherBaseIsRefusedWithTheNames(@TempDir Path directory) {
        assertContains(
                refusal("llama-plain", "qwen2-window", directory, path -> {}),
                "qwen2-window",
                "missing: base_model.model.model.layers.2.self_attn.q_proj.lora_A.weight",
                "unexpected: none",
                "Load it on the base it was trained on, llama");
    }

    @Test
    void anotherRankThanTheTensorsHaveIsRefused(@TempDir Path directory) {
        assertContains(
                refusal(
                        "llama-plain",
                        "llama",
                        directory,
                        path -> change(path, json -> json.addProperty("r", 5))),
                "lora_A.weight has the shape [4, 32]",
                "imply [5, 32]");
    }

    @Test
    void anEnormousRankIsRefusedBeforeAnythingIsAllocated(@TempDir Path directory) {
        assertContains(
                refusal(
                        "llama-plain",
                        "llama",
                        directory,
                        path -> change(path, json -> json.addProperty("r", Integer.MAX_VALUE))),
                "imply [2147483647, 32]");
    }

    @Test
    void aTypingErrorInTheFilesTargetsIsRefused(@TempDir Path directory) {
        assertContains(
                refusal(
                        "llama-plain",
                        "llama",
                        directory,
                        path ->
                                change(
                                        path,
                                        json ->
                                                json.getAsJsonArray("target_modules")
                                                        .set(
                                                                0,
                                                                new com.google.gson.JsonPrimitive(
                                                                        "v_prj")))),
                "missing: none",
                "unexpected: base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight");
    }

    @Test
    void aPickleIsRefused(@TempDir Path directory) {
        assertContains(
                refusal(
                        "llama-plain",
                        "llama",
                        directory,
                        path -> {
                            try {
                                Files.move(
                                        path.resolve("adapter_model.safetensors"),
                                        path.resolve("adapter_model.bin"));
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        }),
                "adapter_model.bin",
                "pickle");
    }

    @Test
    void notANumberIsRefused(@TempDir Path directory) {
        String key = "base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight";
        assertContains(
                refusal(
                        "llama-plain",
                        "llama",
                        directory,
                        path -> overwriteFirst(path, key, Float.NaN)),
                key + " holds NaN or infinity");
    }

    @Test
    void tiedWeightsThatDifferAreRefused(@TempDir Path directory) {
        assertContains(
                refusal(
                        "tied-modules-to-save-ensured",
                        "llama-tied-scaled",
                        directory,
                        path -> overwriteFirst(path, "base_model.model.lm_head.weight", 7)),
                "lm_head.weight",
                "ensure_weight_tying");
    }

    @Test
    void aTypingErrorInAFreshConfigIsRefusedWithNearNames() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            LoraConfig config = LoraConfig.builder().targetModules("q_proj", "v_porj").build();
            PeftException refusal = assertThrows(PeftException.class, () -> model.add("a", config));
            assertContains(
                    String.valueOf(refusal.getMessage()), "\"v_porj\"", "Near names are: v_proj");
            assertEquals(Set.of(), model.adapterNames());
        }
    }

    @Test
    void patternsThatSortingWouldChangeAreRefusedWhenFresh() {
        Map<String, Integer> ranks = new java.util.LinkedHashMap<>();
        ranks.put("v_proj", 8);
        ranks.put("layers\\.0\\.self_attn\\.[qv]_proj", 2);
        assertFreshRefused(
                LoraConfig.builder().targetModules("q_proj", "v_proj").rankPattern(ranks),
                "sorted");
        assertFreshRefused(
                LoraConfig.builder().targetModules("q_proj").rankPattern(Map.of("v_proj", 2)),
                "rank_pattern has [v_proj], which matches no target module");
    }

    @Test
    void whatCannotBeTiedIsRefused() {
        try (BaseModel base = Bases.open("llama-tied-scaled");
                PeftModel model = PeftModel.of(base)) {
            LoraConfig config =
                    LoraConfig.builder()
                            .targetModules("embed_tokens")
                            .ensureWeightTying(true)
                            .build();
            PeftException refusal = assertThrows(PeftException.class, () -> model.add("a", config));
            assertContains(String.valueOf(refusal.getMessage()), "ensure_weight_tying");
        }
    }

    private static void assertFreshRefused(LoraConfigBuilder config, String part) {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            long open = base.door().openTensors();
            PeftException refusal =
                    assertThrows(PeftException.class, () -> model.add("a", config.build()));
            assertContains(String.valueOf(refusal.getMessage()), part);
            assertEquals(open, base.door().openTensors());
        }
    }
}
