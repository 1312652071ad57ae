package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.peft4j.core.files.TestFiles.assertBad;
import static org.peft4j.core.files.TestFiles.list;
import static org.peft4j.core.files.TestFiles.resource;
import static org.peft4j.core.files.TestFiles.tensor;
import static org.peft4j.core.files.TestFiles.write;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterDirectoryTest {

    @TempDir Path parent;

    private Path directory;
    private Path config;

    @BeforeEach
    void setUp() {
        directory = parent.resolve("adapter");
        config = directory.resolve("adapter_config.json");
    }

    @Test
    void writesAndReads() {
        AdapterDirectory.write(
                directory,
                JsonFiles.parse(config, "{\"r\": 8, \"peft_type\": \"LORA\"}"),
                List.of(tensor("a", 3, 7)),
                Map.of("README.md", FileBody.of("hello")));
        assertEquals("{\n  \"peft_type\": \"LORA\",\n  \"r\": 8\n}", TestFiles.text(config));
        AdapterDirectory adapter = AdapterDirectory.open(directory);
        assertEquals(directory, adapter.path());
        assertEquals("LORA", adapter.peftType());
        assertEquals(8, adapter.config().get("r").getAsInt());
        SafetensorsFile weights = adapter.weights();
        assertEquals(Map.of("format", "pt"), weights.metadata());
        assertEquals(0x07070707, weights.read(weights.entry("a")).getInt());
        assertEquals(
                List.of("README.md", "adapter_config.json", "adapter_model.safetensors"),
                list(directory));
    }

    @Test
    void aFailedSaveLeavesTheOldAdapter() {
        save(1);
        FileBody failing =
                channel -> {
                    throw new IOException("No space left on device");
                };
        JsonObject next = lora();
        next.addProperty("r", 2);
        assertBad(
                directory.resolve("extra"),
                () -> AdapterDirectory.write(directory, next, List.of(), Map.of("extra", failing)),
                "no space left on device");
        assertEquals(1, AdapterDirectory.open(directory).configFields().integer("r"));
    }

    @Test
    void refusesToWriteWhatCouldNotBeRead() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AdapterDirectory.write(directory, new JsonObject(), List.of(), Map.of()));
        for (String name : List.of("../x", "adapter_config.json")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            AdapterDirectory.write(
                                    directory, lora(), List.of(), Map.of(name, FileBody.of(""))));
        }
        write(directory, "a file");
        assertBad(
                directory,
                () -> AdapterDirectory.write(directory, lora(), List.of(), Map.of()),
                "is a file, not a directory");
    }

    @Test
    void refusesPathsThatLeadToNoAdapter() {
        save(1);
        Path missing = parent.resolve("adaptr");
        assertBad(
                missing,
                () -> AdapterDirectory.open(missing),
                "does not exist (the nearest is \"adapter\")");
        assertBad(config, () -> AdapterDirectory.open(config), "is a file, not a directory");
        assertBad(
                parent,
                () -> AdapterDirectory.open(parent),
                "is not an adapter: it has no adapter_config.json; it holds \"adapter\"");
    }

    @Test
    void refusesBadConfigs() {
        write(directory.resolve("adapter_model.safetensors"), resource("golden.safetensors"));
        write(config, "{\"r\": 8}");
        assertBad(config, () -> AdapterDirectory.open(directory), "peft_type is missing or null");
        write(config, "{\"peft_type\": 8}");
        assertBad(
                config,
                () -> AdapterDirectory.open(directory),
                "peft_type must be a string but is 8");
        write(config, "{\"peft_type\": \"LORA\", \"peft_type\": 9}");
        assertBad(
                config,
                () -> AdapterDirectory.open(directory),
                "peft_type must be a string but is 9");
        write(config, "peft_type: LORA");
        assertBad(config, () -> AdapterDirectory.open(directory), "is not");
    }

    @Test
    void refusesMissingWeightsAndPickles() {
        write(config, "{\"peft_type\": \"LORA\"}");
        assertBad(
                directory,
                () -> AdapterDirectory.open(directory),
                "has no adapter_model.safetensors; it holds \"adapter_config.json\"");
        Path pickle = write(directory.resolve("adapter_model.bin"), "PK\003\004");
        assertBad(
                pickle,
                () -> AdapterDirectory.open(directory),
                "is a PyTorch pickle, which is refused",
                "torch.load('adapter_model.bin'",
                "'adapter_model.safetensors'");
        Path weights = write(directory.resolve("adapter_model.safetensors"), "nonsense");
        assertBad(weights, () -> AdapterDirectory.open(directory), "gives its header");
    }

    private void save(int rank) {
        JsonObject lora = lora();
        lora.addProperty("r", rank);
        AdapterDirectory.write(directory, lora, List.of(), Map.of());
    }

    private static JsonObject lora() {
        JsonObject lora = new JsonObject();
        lora.addProperty("peft_type", "LORA");
        return lora;
    }
}
