package org.peft4j.core.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WeightOpsTest {

    private OperatorDoor door;

    @BeforeAll
    void open() {
        door = OperatorDoor.open(Device.cpu());
    }

    @AfterAll
    void close() {
        door.close();
    }

    @Test
    void mapsAFileWithoutCopyingOrChangingIt(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("gewichte-ü-重み.bin");
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(0, 1.5f).putFloat(4, -2f).putFloat(8, 3f).putFloat(12, 4f);
        Files.write(file, bytes.array());
        try (Tensor mapped = door.weights().map(file, DType.FLOAT32, 4);
                Tensor view = door.weights().view(mapped, 1, 1, 3);
                Tensor nine = door.weights().floats(new float[] {9, 9, 9}, 1, 3)) {
            assertArrayEquals(new float[] {-2, 3, 4}, view.toFloats());
            door.updates().assign(view, nine);
            assertArrayEquals(bytes.array(), Files.readAllBytes(file), "the mapping is private");
        }
    }

    @Test
    void mapsBfloat16(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("bf16.bin");
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(0, (short) (Float.floatToRawIntBits(-0.75f) >>> 16));
        bytes.putShort(2, (short) (Float.floatToRawIntBits(96f) >>> 16));
        Files.write(file, bytes.array());
        try (Tensor mapped = door.weights().map(file, DType.BFLOAT16, 2);
                Tensor wide = door.weights().cast(mapped, DType.FLOAT32)) {
            assertArrayEquals(new float[] {-0.75f, 96f}, wide.toFloats());
        }
    }

    @Test
    void aFileThatIsTooShortIsAnErrorAndNoCrash(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("short.bin");
        Files.write(file, new byte[8]);
        Exception e =
                assertThrows(Exception.class, () -> door.weights().map(file, DType.FLOAT32, 1000));
        assertTrue(String.valueOf(e.getMessage()).contains("short.bin"), e.getMessage());
    }

    @Test
    void weightsAreUsableUnderAutograd() {
        try (Tensor w = door.weights().floats(new float[] {1, 2, 3, 4}, 2, 2);
                Tensor half = door.weights().cast(w, DType.BFLOAT16);
                Ops ops = door.ops(Mode.TRAINING)) {
            Tensor x = ops.floats(new float[] {1, 1}, 1, 2);
            door.updates().requireGradient(x, true);
            Tensor y = ops.linear(ops.cast(x, DType.BFLOAT16), half, null);
            Tensor loss = ops.sumSquares(ops.cast(y, DType.FLOAT32));
            Tensor gradient =
                    door.updates()
                            .gradients(
                                    java.util.List.of(loss),
                                    java.util.Collections.singletonList(null),
                                    java.util.List.of(x))
                            .get(0);
            assertEquals(
                    2 * (3 * 1 + 7 * 3), java.util.Objects.requireNonNull(gradient).toFloats()[0]);
            gradient.close();
        }
    }

    @Test
    void mergeAddsInFloat32AndRoundsOnce() {
        try (Tensor w = door.weights().floats(new float[] {1f}, 1);
                Tensor narrow = door.weights().cast(w, DType.BFLOAT16);
                Tensor small = door.weights().floats(new float[] {0.003f}, 1);
                Tensor merged = door.weights().merge(narrow, small);
                Tensor wide = door.weights().cast(merged, DType.FLOAT32)) {
            assertEquals(DType.BFLOAT16, merged.dtype());
            assertArrayEquals(new float[] {1f}, wide.toFloats(), "below half a bfloat16 step");
        }
    }

    @Test
    void findsNonFiniteElements() {
        try (Tensor good = door.weights().floats(new float[] {1, -1e30f}, 2);
                Tensor nan = door.weights().floats(new float[] {1, Float.NaN}, 2);
                Tensor infinite =
                        door.weights().floats(new float[] {Float.NEGATIVE_INFINITY, 0}, 2)) {
            assertTrue(door.weights().allFinite(good));
            assertFalse(door.weights().allFinite(nan));
            assertFalse(door.weights().allFinite(infinite));
            assertTrue(Double.isNaN(door.weights().maxDifference(good, nan)));
        }
    }

    @Test
    void readsBytesFromWhereTheBufferStandsInEitherOrder() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(9f).putFloat(1.5f).putFloat(-2f);
        ByteBuffer rest = bytes.position(4).order(ByteOrder.BIG_ENDIAN);
        try (Tensor floats = door.weights().fromBytes(rest, DType.FLOAT32, 2);
                Tensor halves = door.weights().fromBytes(rest, DType.BFLOAT16, 4);
                Tensor wide = door.weights().cast(halves, DType.FLOAT32)) {
            assertArrayEquals(new float[] {1.5f, -2}, floats.toFloats());
            assertArrayEquals(new float[] {0, 1.5f, 0, -2}, wide.toFloats());
        }
        assertEquals(8, rest.remaining());
    }

    @Test
    void readingWhatIsNotContiguousLeavesNothingBehind() {
        try (Tensor x = door.weights().floats(new float[] {1, 2, 3, 4}, 2, 2);
                Tensor turned = door.weights().transpose(x)) {
            int before = door.manager().getManagedArrays().size();
            assertArrayEquals(new float[] {1, 3, 2, 4}, turned.toFloats());
            assertEquals(before, door.manager().getManagedArrays().size());
        }
    }

    @Test
    void singularValuesRebuildTheMatrix() {
        float[] values = {3, 1, 2, -1, 0, 4};
        try (Tensor x = door.weights().floats(values, 2, 3)) {
            var parts = door.weights().svd(x);
            float[] s = parts.get(1).toFloats();
            try (Tensor diagonal = door.weights().floats(new float[] {s[0], 0, 0, s[1]}, 2, 2);
                    Tensor us = door.weights().matmul(parts.get(0), diagonal);
                    Tensor again = door.weights().matmul(us, parts.get(2))) {
                assertArrayEquals(values, again.toFloats(), 1e-5f);
            }
            parts.forEach(Tensor::close);
        }
    }
}
