package org.peft4j.adapter.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.bottleneck.BottleneckMethod;
import org.peft4j.adapter.fusion.FusionMethod;
import org.peft4j.adapter.ia3.Ia3Config;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.PythonValue;
import org.peft4j.fixtures.Tensors;

/** AdapterHub's files are read as they are, and written as it writes them. */
final class HubFilesTest {

    static List<AdapterFixture> fixtures() {
        return Stream.concat(
                        AdapterFixture.of(new BottleneckMethod()).stream(),
                        AdapterFixture.of(new FusionMethod()).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatAdapterHubSavedIsLoaded(AdapterFixture fixture) {
        try (BaseModel base = Bases.open(fixture);
                PeftModel model = fixture.load(base)) {
            Map<String, float[]> expected = new TreeMap<>(Tensors.values(model.adapter("default")));
            Adapter loaded = model.load("task", Fixtures.hub(fixture.name()));
            Map<String, float[]> values = new TreeMap<>(Tensors.values(loaded));
            if (!Files.exists(Fixtures.hub(fixture.name()).resolve("model_head.safetensors"))) {
                expected.keySet().retainAll(values.keySet());
            }
            assertEquals(expected.keySet(), values.keySet());
            expected.forEach((key, value) -> assertArrayEquals(value, values.get(key), key));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatIsSavedIsWhatAdapterHubSaves(AdapterFixture fixture, @TempDir Path directory)
            throws IOException {
        Path python = Fixtures.hub(fixture.name());
        try (BaseModel base = Bases.open(fixture);
                PeftModel model = fixture.model(base)) {
            model.load("task", python);
            model.save("task", directory, new AdapterHub());
        }
        try (Stream<Path> files = Files.list(python)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Path saved = directory.resolve(name);
                if (name.startsWith("head") || name.startsWith("model_head")) {
                    if (!Files.exists(saved)) {
                        continue; // a frozen head need not be saved
                    }
                }
                if (name.endsWith(".json")) {
                    assertEquals(comparable(file), comparable(saved), name);
                } else {
                    assertEquals(tensors(file), tensors(saved), name);
                }
            }
        }
    }

    private static Object comparable(Path file) {
        JsonObject json = JsonFiles.read(file);
        if (json.get("config") instanceof JsonObject config) {
            config.remove("dropout_prob"); // settled for the base
        }
        return PythonValue.of(json);
    }

    private static Map<String, Object> tensors(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        Map<String, Object> tensors = new TreeMap<>();
        file.entries().forEach((key, entry) -> tensors.put(key, file.read(entry)));
        return tensors;
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void stacksComputeWhatAdapterHubsDo(String name) {
        Golden golden = Fixtures.golden("hub/" + name);
        List<String> members =
                Fixtures.goldenJson("hub/" + name).getAsJsonArray("members").asList().stream()
                        .map(member -> member.getAsString())
                        .toList();
        AdapterFixture first = new AdapterFixture(members.get(0));
        try (BaseModel base = Bases.open(first);
                PeftModel model = PeftModel.of(base)) {
            model.load("one", Fixtures.hub(members.get(0)));
            model.load("two", Fixtures.hub(members.get(1)));
            TokenBatch batch = golden.batch("");
            boolean perRow = golden.get("logits").shape().length == 2;
            Compare.closeWhere(
                    name,
                    perRow ? new long[] {1, 1} : golden.longs("attention_mask"),
                    golden.floats("logits"),
                    Tensors.logits(model, AdapterSelection.of("one", "two"), batch),
                    1e-5);
        }
    }

    static List<String> stacks() {
        return List.of("stack-bert", "stack-llama", "stack-gpt2");
    }

    @Test
    void aPickleIsRefusedWithTheWayToConvertIt(@TempDir Path directory) throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub("bn-llama-houlsby"), directory);
        Files.move(copy.resolve("adapter.safetensors"), copy.resolve("pytorch_adapter.bin"));
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            BadFileException refusal =
                    assertThrows(BadFileException.class, () -> model.load("a", copy));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("'adapter.safetensors'"),
                    refusal::toString);
            assertTrue(model.adapterNames().isEmpty());
        }
    }

    @Test
    void anotherArchitectureIsRefused(@TempDir Path directory) throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub("bn-llama-houlsby"), directory);
        Path config = copy.resolve("adapter_config.json");
        String text = Files.readString(config);
        Files.writeString(
                config,
                text.replace("\"mh_adapter\"", "\"architecture\": \"reft\", \"mh_adapter\""));
        assertRefused("architecture reft", copy);
    }

    @Test
    void whatIsNotDoneIsRefused(@TempDir Path directory) throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub("bn-llama-houlsby"), directory);
        Path config = copy.resolve("adapter_config.json");
        String text = Files.readString(config);
        Files.writeString(
                config, text.replace("\"inv_adapter\": null", "\"inv_adapter\": \"nice\""));
        assertRefused("inv_adapter is \"nice\"", copy);
    }

    @Test
    void anAdapterOfAnotherBaseIsRefused() {
        assertRefused("transformer.h.0", Fixtures.hub("bn-gpt2-houlsby"));
    }

    private static void assertRefused(String reason, Path directory) {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            long open = base.door().openTensors();
            BadFileException refusal =
                    assertThrows(BadFileException.class, () -> model.load("a", directory));
            assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal::toString);
            assertEquals(open, base.door().openTensors());
        }
    }

    @Test
    void otherMethodsAreNotWritten(@TempDir Path directory) {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            model.add("a", Ia3Config.builder().build());
            Path target = directory.resolve("new");
            assertThrows(PeftException.class, () -> model.save("a", target, new AdapterHub()));
            assertFalse(Files.exists(target));
        }
    }
}
