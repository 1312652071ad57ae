package org.peft4j.transformers.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.heads.HeadConfig;

/** Shards and layouts of written checkpoints. */
final class CheckpointWriterTest {

    private static void write(Path directory, long largest) {
        CheckpointDirectory files = CheckpointDirectory.open(Fixtures.base("llama"));
        try (OperatorDoor door = OperatorDoor.open(Device.cpu())) {
            FrozenWeights weights = new FrozenWeights(files, door, DType.FLOAT32);
            OpenedCheckpoint opened =
                    new OpenedCheckpoint(
                            "llama",
                            files,
                            weights,
                            door,
                            DType.FLOAT32,
                            null,
                            new OpenedCheckpoint.Vocabulary(
                                    1,
                                    size -> {
                                        throw new AssertionError(size);
                                    }));
            HeadConfig head = opened.head(TaskType.CAUSAL_LM, DecoderModel.TASKS);
            Modules modules = new Modules(opened, head, "model");
            new CheckpointWriter(opened, modules, Ties.ofWords(Map.of()), WeightOverlay.NONE)
                    .write(directory, largest);
        }
    }

    @Test
    void spreadsWeightsOverFilesOfALargestSize(@TempDir Path directory) {
        write(directory, 32_000);
        CheckpointDirectory written = CheckpointDirectory.open(directory);
        CheckpointDirectory original = CheckpointDirectory.open(Fixtures.base("llama"));
        assertTrue(written.weightFiles().size() > 2, "files: " + written.weightFiles().size());
        assertEquals(original.entries().keySet(), written.entries().keySet());
        written.weightFiles()
                .forEach(
                        file -> {
                            long bytes =
                                    file.entries().values().stream()
                                            .mapToLong(TensorEntry::byteCount)
                                            .sum();
                            assertTrue(bytes <= 32_000, file.path() + " has " + bytes);
                            file.entries()
                                    .values()
                                    .forEach(
                                            entry ->
                                                    assertEquals(
                                                            original.weightFiles()
                                                                    .get(0)
                                                                    .read(
                                                                            original.entry(
                                                                                    entry.name())),
                                                            file.read(entry)));
                        });
    }

    /** Readers take the single file first, so the new shards would never be read. */
    @Test
    void refusesToLeaveOlderWeightsBesideNewOnes(@TempDir Path directory) {
        write(directory, CheckpointWriter.LARGEST_FILE);
        BadFileException e = assertThrows(BadFileException.class, () -> write(directory, 32_000));
        assertTrue(String.valueOf(e.getMessage()).contains("model.safetensors"));
        write(directory, CheckpointWriter.LARGEST_FILE);
    }

    @Test
    void turnsATransposedWeightBack() throws IOException {
        try (OperatorDoor door = OperatorDoor.open(Device.cpu());
                Tensor weight = door.weights().floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3)) {
            TensorSource source =
                    TensorBytes.source(
                            door.weights(),
                            "w",
                            new ChangedWeights.Changed(weight, true),
                            StoredType.F32,
                            List.of(3L, 2L));
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, floats(source));
        }
    }

    @Test
    void refusesAnotherShape() {
        try (OperatorDoor door = OperatorDoor.open(Device.cpu());
                Tensor weight = door.weights().zeros(2, 3)) {
            assertThrows(
                    PeftException.class,
                    () ->
                            TensorBytes.source(
                                    door.weights(),
                                    "w",
                                    new ChangedWeights.Changed(weight, false),
                                    StoredType.F32,
                                    List.of(3L, 2L)));
        }
    }

    private static float[] floats(TensorSource source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        source.body().writeTo(Channels.newChannel(bytes));
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[buffer.remaining() / 4];
        buffer.asFloatBuffer().get(values);
        return values;
    }

    @Test
    void writesTheIndexThatTransformersReads(@TempDir Path directory) throws IOException {
        write(directory, 32_000);
        String index = Files.readString(directory.resolve("model.safetensors.index.json"));
        assertTrue(index.contains("\"total_size\": 107136"), index);
        assertTrue(index.contains("\"lm_head.weight\": \"model-0000"), index);
    }
}
