package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.peft4j.core.files.TestFiles.assertBad;
import static org.peft4j.core.files.TestFiles.tensor;
import static org.peft4j.core.files.TestFiles.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointDirectoryTest {

    @TempDir Path parent;

    private Path directory;
    private Path index;

    @BeforeEach
    void setUp() {
        directory = parent.resolve("model");
        index = directory.resolve("model.safetensors.index.json");
        write(directory.resolve("config.json"), "{\"hidden_size\": 8}");
    }

    @Test
    void opensASingleFile() {
        SafetensorsWriter.write(directory.resolve("model.safetensors"), List.of(tensor("a", 2, 1)));
        CheckpointDirectory checkpoint = CheckpointDirectory.open(directory);
        assertEquals(directory, checkpoint.path());
        assertEquals(8, checkpoint.config().get("hidden_size").getAsInt());
        assertEquals(8, checkpoint.configFields().positiveInt("hidden_size"));
        assertEquals(2, checkpoint.entry("a").elementCount());
        assertEquals(1, checkpoint.weightFiles().size());
        assertTrue(checkpoint.find("b").isEmpty());
        assertTrue(checkpoint.generationConfig().isEmpty());
        assertTrue(checkpoint.tokenizerFile().isEmpty());
        assertBad(directory, () -> checkpoint.entry("b"), "has no tensor named \"b\"", "\"a\"");
        checkpoint.config().addProperty("hidden_size", 9);
        assertEquals(8, checkpoint.config().get("hidden_size").getAsInt());
    }

    @Test
    void opensOptionalFiles() {
        SafetensorsWriter.write(directory.resolve("model.safetensors"), List.of());
        write(directory.resolve("generation_config.json"), "{\"eos_token_id\": 2}");
        Path tokenizer = write(directory.resolve("tokenizer.json"), "{}");
        CheckpointDirectory checkpoint = CheckpointDirectory.open(directory);
        assertEquals(2, checkpoint.generationConfig().orElseThrow().get("eos_token_id").getAsInt());
        assertEquals(Optional.of(tokenizer), checkpoint.tokenizerFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors.index.json", "other.safetensors.index.json"})
    void opensShards(String indexName) {
        shards();
        write(
                directory.resolve(indexName),
                "{\"metadata\": {\"total_size\": 12}, \"weight_map\": {\"b\": \"2.safetensors\","
                        + " \"a\": \"1.safetensors\"}}");
        CheckpointDirectory checkpoint = CheckpointDirectory.open(directory);
        assertEquals(List.of("a", "b"), List.copyOf(checkpoint.entries().keySet()));
        assertEquals(directory.resolve("2.safetensors"), checkpoint.entry("b").file());
        assertEquals(2, checkpoint.weightFiles().size());
    }

    @Test
    void opensHuggingFacesCache() throws IOException {
        Path snapshot = Files.createDirectories(parent.resolve("cache/snapshots/abc"));
        Path blobs = Files.createDirectories(parent.resolve("cache/blobs"));
        write(blobs.resolve("1"), "{}");
        SafetensorsWriter.write(blobs.resolve("2"), List.of(tensor("a", 2, 1)));
        write(blobs.resolve("3"), "{\"weight_map\": {\"a\": \"1.safetensors\"}}");
        link(snapshot, "config.json", "1");
        link(snapshot, "1.safetensors", "2");
        link(snapshot, "model.safetensors.index.json", "3");
        assertEquals(2, CheckpointDirectory.open(snapshot).entry("a").elementCount());
        Path cache = parent.resolve("cache");
        assertBad(
                cache,
                () -> CheckpointDirectory.open(cache),
                "is a folder of Hugging Face's cache",
                "below its \"snapshots\"");
        Files.delete(blobs.resolve("2"));
        assertBad(
                snapshot.resolve("1.safetensors"),
                () -> CheckpointDirectory.open(snapshot),
                "is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|is not a JSON object but an array",
                "{}|weight_map is missing",
                "{\"weight_map\": []}|weight_map must be an object but is a list",
                "{\"weight_map\": {}}|lists no tensors",
                "{\"weight_map\": {\"a\": 1}}|weight_map.a must be a string but is 1",
                "{\"weight_map\": {\"a\": null}}|weight_map.a is missing or null",
                "{\"weight_map\": {\"a\": \"1.safetensors\", \"a\": \"2.safetensors\"}}|"
                        + "says that tensor \"a\" is in 2.safetensors, but it is not",
                "{\"weight_map\": {\"a\": \"../1.safetensors\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"/1.safetensors\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"sub/1.safetensors\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"..\\\\1.safetensors\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"C:1.safetensors\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"..\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"\"}}|not a plain file name",
                "{\"weight_map\": {\"a\": \"2.safetensors\"}}|"
                        + "says that tensor \"a\" is in 2.safetensors, but it is not",
                "{\"weight_map\": {\"a\": \"1.safetensors\", \"c\": \"3.safetensors\"}}|"
                        + "tensor \"a\" is in 1.safetensors and in 3.safetensors",
            })
    void refusesIndexes(String json, String message) {
        shards();
        SafetensorsWriter.write(
                directory.resolve("3.safetensors"), List.of(tensor("a", 1, 0), tensor("c", 1, 0)));
        write(index, json);
        assertBad(index, () -> CheckpointDirectory.open(directory), message);
    }

    @Test
    void namesTheMissingShard() {
        shards();
        write(index, "{\"weight_map\": {\"a\": \"1.safetensors\", \"z\": \"9.safetensors\"}}");
        assertBad(
                directory.resolve("9.safetensors"),
                () -> CheckpointDirectory.open(directory),
                "is missing, but model.safetensors.index.json says that it holds weights");
    }

    @Test
    void refusesSeveralIndexes() {
        write(directory.resolve("x.safetensors.index.json"), "{}");
        write(directory.resolve("y.safetensors.index.json"), "{}");
        assertBad(
                directory,
                () -> CheckpointDirectory.open(directory),
                "has several indexes of weights",
                "\"x.safetensors.index.json\", \"y.safetensors.index.json\"");
    }

    @ParameterizedTest
    @CsvSource({
        "pytorch_model.bin, 'model.safetensors'",
        "weights.pt, 'weights.safetensors'",
        "last.ckpt, 'last.safetensors'",
        "pytorch_model.bin.index.json, save_pretrained"
    })
    void refusesPickles(String name, String remedy) {
        write(directory.resolve("optimizer.pt"), "PK");
        Path pickle = write(directory.resolve(name), "PK");
        assertBad(
                pickle,
                () -> CheckpointDirectory.open(directory),
                "refused because unpickling runs code",
                remedy);
    }

    @Test
    void refusesDirectoriesWithoutWeights() {
        assertBad(
                directory,
                () -> CheckpointDirectory.open(directory),
                "has no weights, neither model.safetensors nor model.safetensors.index.json",
                "it holds \"config.json\"");
        SafetensorsWriter.write(directory.resolve("consolidated.safetensors"), List.of());
        assertBad(
                directory,
                () -> CheckpointDirectory.open(directory),
                "Rename \"consolidated.safetensors\" to model.safetensors");
    }

    @Test
    void refusesBadConfigs() throws IOException {
        Path config = directory.resolve("config.json");
        write(config, "{\"a\": 1 \"b\": 2}");
        assertBad(config, () -> CheckpointDirectory.open(directory), "is not valid JSON");
        write(config, "<html>");
        assertBad(config, () -> CheckpointDirectory.open(directory), "is not");
        Files.delete(config);
        assertBad(
                directory,
                () -> CheckpointDirectory.open(directory),
                "has no config.json; it is empty");
        write(directory.resolve("adapter_config.json"), "{}");
        assertBad(
                directory,
                () -> CheckpointDirectory.open(directory),
                "is an adapter, not a base model");
    }

    @Test
    void refusesPathsThatLeadToNoDirectory() {
        Path missing = parent.resolve("modle");
        assertBad(
                missing,
                () -> CheckpointDirectory.open(missing),
                "does not exist (the nearest is \"model\")");
        Path file = directory.resolve("config.json");
        assertBad(file, () -> CheckpointDirectory.open(file), "is a file, not a directory");
    }

    @Test
    void namesADamagedFile() {
        Path weights = write(directory.resolve("model.safetensors"), new byte[9]);
        assertBad(weights, () -> CheckpointDirectory.open(directory), "length zero");
    }

    private void shards() {
        SafetensorsWriter.write(directory.resolve("1.safetensors"), List.of(tensor("a", 1, 0)));
        SafetensorsWriter.write(directory.resolve("2.safetensors"), List.of(tensor("b", 2, 0)));
    }

    private static void link(Path snapshot, String name, String blob) throws IOException {
        Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs", blob));
    }
}
