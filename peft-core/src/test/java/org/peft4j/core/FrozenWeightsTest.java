package org.peft4j.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;

/** A file that is mostly a hole: more than 2 GiB that take no room and are never read. */
class FrozenWeightsTest {

    private static final long BIG = (1L << 31) + 4;

    private OperatorDoor door;

    @BeforeEach
    void open() {
        door = OperatorDoor.open(Device.cpu());
    }

    @AfterEach
    void close() {
        door.close();
    }

    private FrozenWeights weights(Path directory, DType dtype) throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"toy\"}");
        String header =
                "{"
                        + entry("big", "U8", "" + BIG, 0, BIG)
                        + ", "
                        + entry("far", "F32", "2", BIG, BIG + 8)
                        + ", "
                        + entry("byte", "U8", "1", BIG + 8, BIG + 9)
                        + ", "
                        + entry("odd", "BF16", "3", BIG + 9, BIG + 15)
                        + ", "
                        + entry("empty", "F32", "0, 3", BIG + 15, BIG + 15)
                        + "}";
        byte[] json =
                (header + " ".repeat(8 - header.length() % 8)).getBytes(StandardCharsets.UTF_8);
        ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(json.length).put(json);
        ByteBuffer end = ByteBuffer.allocate(15).order(ByteOrder.LITTLE_ENDIAN);
        end.putFloat(1.5f).putFloat(-2).put((byte) 7);
        for (float value : new float[] {1.5f, -2, 96}) {
            end.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        Path path = directory.resolve("model.safetensors");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(start.array());
            file.seek(start.capacity() + BIG);
            file.write(end.array());
        }
        return new FrozenWeights(CheckpointDirectory.open(directory), door, dtype);
    }

    private static String entry(String name, String type, String shape, long begin, long end) {
        return String.format(
                "\"%s\": {\"dtype\": \"%s\", \"shape\": [%s], \"data_offsets\": [%d, %d]}",
                name, type, shape, begin, end);
    }

    @Test
    void tensorsBeyondTwoGibibytesAreMapped(@TempDir Path directory) throws IOException {
        FrozenWeights weights = weights(directory, DType.FLOAT32);
        assertEquals(BIG, weights.get("big", BIG).elements());
        assertArrayEquals(new float[] {1.5f, -2}, weights.get("far", 2).toFloats());
    }

    @Test
    void tensorsThatCannotBeMappedAreRead(@TempDir Path directory) throws IOException {
        FrozenWeights weights = weights(directory, DType.FLOAT32);
        assertArrayEquals(new float[] {1.5f, -2, 96}, weights.get("odd", 3).toFloats());
        assertEquals(0, weights.get("empty", 0, 3).elements());
    }

    @Test
    void everyTypeIsCast(@TempDir Path directory) throws IOException {
        FrozenWeights weights = weights(directory, DType.BFLOAT16);
        assertEquals(DType.BFLOAT16, weights.get("byte", 1).dtype()); // as transformers does
        long before = door.openTensors();
        try (Tensor narrow = weights.get("far", 2);
                Tensor wide = door.weights().cast(narrow, DType.FLOAT32)) {
            assertEquals(DType.BFLOAT16, narrow.dtype());
            assertArrayEquals(new float[] {1.5f, -2}, wide.toFloats());
        }
        long kept = door.openTensors() - before; // the mapping, and numbers that the door caches
        weights.get("far", 2).close();
        assertEquals(before + kept, door.openTensors());
    }

    @Test
    void anotherShapeThanTheConfigsIsRefused(@TempDir Path directory) throws IOException {
        FrozenWeights weights = weights(directory, DType.FLOAT32);
        BadFileException refusal =
                assertThrows(BadFileException.class, () -> weights.get("far", 1, 2));
        assertTrue(String.valueOf(refusal.getMessage()).contains("[1, 2]"), refusal::toString);
        assertThrows(BadFileException.class, () -> weights.get("near", 2));
        assertEquals(null, weights.find("near", 2));
    }
}
