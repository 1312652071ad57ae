package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.fixtures.Fixtures;

/**
 * A checkpoint that cannot be right is refused with a message that says what, where and how to
 * mend.
 */
final class BadCheckpointTest {

    @TempDir Path directory;

    @BeforeEach
    void copy() {
        Fixtures.copy(Fixtures.base("llama"), directory);
    }

    @Test
    void namesTheKnownModelTypes() throws Exception {
        change("model_type", "\"mamba\"");
        String message = refused();
        assertTrue(message.contains("model_type"), message);
        assertTrue(message.contains("mamba"), message);
        assertTrue(message.contains("llama, mistral"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_size|\"many\"",
                "hidden_size|30",
                "hidden_size|null",
                "vocab_size|-1",
                "num_hidden_layers|0",
                "num_attention_heads|3.5",
                "num_key_value_heads|3",
                "head_dim|7",
                "intermediate_size|null",
                "rms_norm_eps|1",
                "rms_norm_eps|-1e-5",
                "hidden_act|\"softsign\"",
                "tie_word_embeddings|\"no\"",
                "attention_bias|1",
                "rope_theta|0",
                "quantization_config|{\"bits\":4}",
            })
    void namesTheFieldThatIsWrong(String field, String value) throws Exception {
        if (field.equals("hidden_size")) {
            change("head_dim", "null");
        }
        change(field, value);
        String message = refused();
        assertTrue(message.contains("config.json"), message);
        assertTrue(message.contains(field), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"rope_type\":\"axial\"}|rope_type|default, linear, dynamic, llama3, yarn, longrope",
                "{\"rope_type\":\"yarn\",\"factor\":2,\"beta_fast\":1,\"beta_slow\":2}|beta_fast|2.0",
                "{\"rope_type\":\"yarn\",\"factor\":2,\"attention_factor\":0}|attention_factor|0",
                "{\"rope_type\":\"longrope\",\"long_factor\":[1]}|short_factor|missing",
                "{\"rope_type\":\"longrope\",\"short_factor\":[1,2,3]}|short_factor|4 positive",
                "{\"type\":\"spiral\"}|type|spiral",
                "{\"rope_type\":\"linear\"}|factor|missing",
                "{\"rope_type\":\"linear\",\"factor\":0}|factor|0",
                "{\"rope_type\":\"linear\",\"factor\":1e300}|factor|1.0E300",
                "{\"rope_type\":\"dynamic\",\"factor\":\"2\"}|factor|2",
                "{\"rope_type\":\"llama3\",\"factor\":2,\"low_freq_factor\":4,\"high_freq_factor\":4}"
                        + "|high_freq_factor|4",
                "{\"rope_type\":\"linear\",\"factor\":2,\"partial_rotary_factor\":0.5}"
                        + "|partial_rotary_factor|0.5",
            })
    void namesWhatIsWrongWithTheRope(String rope, String field, String detail) throws Exception {
        change("rope_scaling", rope);
        String message = refused();
        assertTrue(message.contains("rope_scaling." + field), message);
        assertTrue(message.contains(detail), message);
    }

    @Test
    void checksTheLayersOfQwen() throws Exception {
        change("model_type", "\"qwen2\"");
        change("layer_types", "[\"full_attention\"]");
        assertTrue(refused().contains("layer_types must be a list of 2 types"));
        change("layer_types", "[\"full_attention\", \"linear_attention\"]");
        assertTrue(refused().contains("layer_types"));
        change("layer_types", "[\"full_attention\", \"sliding_attention\"]");
        assertTrue(refused().contains("use_sliding_window"));
        change("use_sliding_window", "true");
        change("sliding_window", "null");
        assertTrue(refused().contains("sliding_window is missing or null"));
    }

    @Test
    void namesTheTensorThatHasAnotherShape() throws Exception {
        change("intermediate_size", "48");
        String message = refused();
        assertTrue(message.contains("model.safetensors"), message);
        assertTrue(message.contains("model.layers.0.mlp.gate_proj.weight"), message);
        assertTrue(message.contains("[64, 32]") && message.contains("[48, 32]"), message);
    }

    @Test
    void namesTheTensorThatIsMissing() {
        SafetensorsFile file =
                SafetensorsFile.open(Fixtures.base("llama").resolve("model.safetensors"));
        List<TensorSource> most =
                file.entries().values().stream()
                        .filter(entry -> !entry.name().equals("model.norm.weight"))
                        .map(entry -> TensorSource.copyOf(file, entry))
                        .toList();
        SafetensorsWriter.write(directory.resolve("model.safetensors"), most);
        assertTrue(refused().contains("no tensor named \"model.norm.weight\""));
    }

    @Test
    void namesTheTensorThatTheConfigWantsInAddition() throws Exception {
        change("attention_bias", "true");
        assertTrue(refused().contains("model.layers.0.self_attn.q_proj.bias"));
    }

    @Test
    void refusesDtypesThatItCannotComputeIn() {
        assertThrows(PeftException.class, () -> LoadOptions.defaults().withDtype(DType.FLOAT16));
        assertThrows(PeftException.class, () -> LoadOptions.defaults().withDtype(DType.INT64));
    }

    @Test
    void opensWhatItWasMadeFrom() {
        try (BaseModel base = Checkpoints.open(directory)) {
            assertEquals(directory.toString(), base.info().nameOrPath());
        }
    }

    private void change(String field, String value) throws Exception {
        Path file = directory.resolve("config.json");
        JsonObject config = JsonFiles.read(file);
        config.add(field, JsonFiles.parse(file, "{\"value\": " + value + "}").get("value"));
        Files.writeString(file, config.toString());
    }

    private String refused() {
        BadFileException e =
                assertThrows(BadFileException.class, () -> Checkpoints.open(directory).close());
        return String.valueOf(e.getMessage());
    }
}
