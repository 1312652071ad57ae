package org.peft4j.adapter.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.Union;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.adapter.hub.AdapterHub;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PythonValue;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig;

/** AdapterHub's unions, prefixes and LoRA are written as they were read, or refused. */
final class UnionFilesTest {

    static List<UnionFixture> fixtures() {
        return UnionFixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatIsSavedIsWhatAdapterHubSaves(UnionFixture fixture, @TempDir Path directory) {
        try (BaseModel base = fixture.open();
                PeftModel model = PeftModel.of(base)) {
            fixture.load(model);
            fixture.save(model, directory);
        }
        Path python = fixture.directory();
        String config = "adapter_config.json";
        assertEquals(comparable(python.resolve(config)), comparable(directory.resolve(config)));
        for (String file : List.of("adapter.safetensors", "model_head.safetensors")) {
            if (Files.exists(directory.resolve(file))) { // a frozen head need not be saved
                assertEquals(tensors(python.resolve(file)), tensors(directory.resolve(file)), file);
            }
        }
    }

    private static Object comparable(Path file) {
        return PythonValue.of(JsonFiles.read(file));
    }

    private static Map<String, Object> tensors(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        Map<String, Object> tensors = new TreeMap<>();
        file.entries().forEach((key, entry) -> tensors.put(key, file.read(entry)));
        return tensors;
    }

    @Test
    void aUnionIsNotOneAdapter() {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            refused(() -> model.load("a", Fixtures.hub("mam-llama")), "Union.load");
            assertEquals(
                    List.of("prefix_tuning", "bottleneck"),
                    new AdapterHub().parts(Fixtures.hub("mam-llama")));
        }
    }

    @Test
    void allPartsOrNone(@TempDir Path directory) throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub("unipelt-llama"), directory);
        Path config = copy.resolve("adapter_config.json");
        Files.writeString(config, Files.readString(config).replace("\"r\": 2", "\"r\": 3"));
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            long open = base.door().openTensors();
            refused(() -> Union.load(model, "a", copy, new AdapterHub()), "lora_A");
            assertEquals(Set.of(), model.adapterNames());
            assertEquals(open, base.door().openTensors());
        }
    }

    @Test
    void otherArchitecturesAndSettingsAreRefused(@TempDir Path directory) throws IOException {
        changed(directory, "1", "\"lora\"", "\"reft\"", "architecture reft");
        changed(directory, "2", "\"prefix_tuning\"", "\"lora\"", "cannot be told apart");
        changed(directory, "3", "\"use_dora\": false", "\"use_dora\": true", "use_dora");
        changed(directory, "4", "\"vera_d\": null", "\"vera_d\": 0.1", "vera_d");
        changed(
                directory,
                "5",
                "\"composition_mode\": \"add\"",
                "\"composition_mode\": \"scale\"",
                "composition_mode");
    }

    private static void changed(Path directory, String name, String from, String to, String reason)
            throws IOException {
        Path copy =
                Fixtures.copy(
                        Fixtures.hub("unipelt-bert"),
                        Files.createDirectories(directory.resolve(name)));
        Path config = copy.resolve("adapter_config.json");
        String text = Files.readString(config);
        assertTrue(text.contains(from), text);
        Files.writeString(config, text.replace(from, to));
        try (BaseModel base = Bases.open("bert-heads", TaskType.SEQ_CLS);
                PeftModel model = PeftModel.of(base)) {
            refused(() -> Union.load(model, "a", copy, new AdapterHub()), reason);
            assertEquals(Set.of(), model.adapterNames());
        }
    }

    @Test
    void lorasOldScalingIsKept(@TempDir Path directory) throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub("lora-bert"), directory);
        Path config = copy.resolve("adapter_config.json");
        Files.writeString(
                config, Files.readString(config).replace("adapters.1.3.0", "adapters.1.0.1"));
        try (BaseModel base = Bases.open("bert-heads", TaskType.SEQ_CLS);
                PeftModel model = PeftModel.of(base)) {
            LoraConfig now = (LoraConfig) model.load("a", Fixtures.hub("lora-bert")).config();
            LoraConfig old = (LoraConfig) model.load("b", copy).config();
            assertEquals(5, now.alpha());
            assertEquals(old.rank(), old.alpha());
        }
    }

    @Test
    void whatHasNoWordsIsNotWritten(@TempDir Path directory) {
        notWritten(directory, "llama", LoraConfig.builder().loraBias(true).build(), "lora_bias");
        notWritten(directory, "llama", LoraConfig.builder().useRslora(true).build(), "use_rslora");
        notWritten(
                directory, "llama", LoraConfig.builder().targetModules("o_proj").build(), "o_proj");
        notWritten(
                directory,
                "llama",
                LoraConfig.builder().targetModules("layers.0.self_attn.q_proj", "v_proj").build(),
                "the same in every attention");
        notWritten(
                directory,
                "llama",
                LoraConfig.builder().targetModules("embed_tokens", "q_proj").build(),
                "lora_embedding_A");
        notWritten(directory, "gpt2", LoraConfig.builder().build(), "c_attn");
        notWritten(directory, "t5", AttentionPrefixConfig.builder().length(2).build(), "relative");
    }

    private static void notWritten(Path directory, String base, PeftConfig config, String reason) {
        TaskType task = base.equals("t5") ? TaskType.SEQ_2_SEQ_LM : TaskType.CAUSAL_LM;
        try (BaseModel opened = Bases.open(base, task);
                PeftModel model = PeftModel.of(opened)) {
            model.add("a", config);
            Path target = directory.resolve("new");
            refused(() -> model.save("a", target, new AdapterHub()), reason);
            assertFalse(Files.exists(target));
        }
    }

    @Test
    void twoPartsOfOneMethodAreNotWritten(@TempDir Path directory) {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            Map<String, PeftConfig> parts = new TreeMap<>();
            parts.put("one", BottleneckConfig.pfeiffer().reductionFactor(4).build());
            parts.put("two", BottleneckConfig.parallel().build());
            Union union = Union.add(model, "u", parts, 0);
            Path target = directory.resolve("new");
            refused(() -> union.save(model, target, new AdapterHub()), "two parts of one method");
            assertFalse(Files.exists(target));
        }
    }

    @Test
    void aPrefixOfT5IsRefused(@TempDir Path directory) throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub("prefix-roberta"), directory);
        try (BaseModel base = Bases.open("t5", TaskType.SEQ_2_SEQ_LM);
                PeftModel model = PeftModel.of(base)) {
            refused(() -> model.load("a", copy), "relative positions");
        }
    }

    private static void refused(Runnable action, String reason) {
        PeftException refusal = assertThrows(PeftException.class, action::run);
        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal::toString);
    }
}
