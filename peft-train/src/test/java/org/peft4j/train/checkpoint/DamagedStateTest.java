package org.peft4j.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.train.Tiny;
import org.peft4j.train.Trainer;

/** Numbers that no training has written are refused before anything is changed. */
final class DamagedStateTest {

    private static final int STEPS = 3;

    @TempDir private Path directory;
    private Path checkpoint;

    private Trainer trainer(PeftModel model, int steps) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(AdapterSelection.of("a"))
                .setExamples(Tiny.examples(6, 1))
                .optEvaluation(Tiny.examples(2, 2))
                .setConfig(
                        Tiny.config()
                                .schedule(org.peft4j.train.optim.Schedule.CONSTANT)
                                .maxSteps(steps)
                                .checkpointDirectory(directory)
                                .build())
                .build();
    }

    @BeforeEach
    void train() {
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            trainer(model, STEPS).train();
        }
        checkpoint = new CheckpointStore(directory, 1).latest().orElseThrow();
    }

    /** Resumes in a fresh process's place, and returns what it was refused with. */
    private BadFileException refusal() {
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            Map<String, float[]> before = Tiny.parameters(model.adapter("a"));
            BadFileException e =
                    assertThrows(BadFileException.class, trainer(model, STEPS + 1)::resume);
            assertEquals(0, Tiny.difference(before, Tiny.parameters(model.adapter("a"))));
            return e;
        }
    }

    private String damage(String prefix, boolean lastNumber, float value) throws IOException {
        Path file = checkpoint.resolve("optimizer.safetensors");
        TensorEntry entry =
                SafetensorsFile.open(file).entries().values().stream()
                        .filter(tensor -> tensor.name().startsWith(prefix))
                        .findFirst()
                        .orElseThrow();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(lastNumber ? entry.end() - Float.BYTES : entry.begin());
            bytes.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(value)));
        }
        return entry.name();
    }

    @ParameterizedTest
    @CsvSource({
        "exp_avg., NaN",
        "exp_avg., Infinity",
        "exp_avg_sq., NaN",
        "exp_avg_sq., -Infinity",
        "exp_avg_sq., -0.001",
        "step., NaN",
        "step., -1",
        "step., 1.5"
    })
    void numbersOfTheOptimiser(String tensor, float value) throws IOException {
        for (boolean last : new boolean[] {false, true}) {
            String name = damage(tensor, last, value);
            String message = String.valueOf(refusal().getMessage());
            assertTrue(message.contains("optimizer.safetensors"), message);
            assertTrue(message.contains(name + " holds " + value), message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "losses, '[1e999, 1, 1]'",
        "losses, '[1, 1]'",
        "seconds, 1e999",
        "seconds, -1",
        "epoch, -1",
        "tokens, 1e300",
        "tokens, 1.5",
        "step, 1e300",
        "evaluations, '[{\"step\": 1, \"loss\": 1e999, \"labels\": 1}]'",
        "evaluations, '[{\"step\": 1e300, \"loss\": 1, \"labels\": 1}]'"
    })
    void numbersOfTheState(String key, String value) throws IOException {
        Path file = checkpoint.resolve("trainer_state.json");
        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonElement damaged = JsonParser.parseString(value.strip());
        json.add(key, damaged);
        Files.writeString(file, json.toString());
        String message = String.valueOf(refusal().getMessage());
        assertTrue(message.contains("trainer_state.json"), message);
    }

    @Test
    void anUndamagedCheckpointGoesOn() {
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = Tiny.model(base, 0, "a")) {
            assertEquals(STEPS + 1, trainer(model, STEPS + 1).resume().steps());
        }
    }
}
