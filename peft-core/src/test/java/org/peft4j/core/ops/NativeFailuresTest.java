package org.peft4j.core.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.NativeMemoryException;
import org.peft4j.core.PeftException;

/** What libtorch cannot do is said in our words, costs nothing and spoils nothing. */
final class NativeFailuresTest {

    /** More bytes than a processor has addresses for, so that no machine has them. */
    private static final long TOO_MANY = 1L << 48;

    private static final OperatorDoor DOOR = OperatorDoor.open(Device.cpu());

    @AfterAll
    static void close() {
        DOOR.close();
    }

    private static void assertNoMemory(String what, Executable call) {
        NativeMemoryException e = assertThrows(NativeMemoryException.class, call);
        assertEquals(OptionalLong.of(4 * TOO_MANY), e.requestedBytes(), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains(what), e.getMessage());
        assertTrue(
                String.valueOf(e.getMessage()).contains("1,125,899,906,842,624 bytes"),
                e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("smaller batches"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).length() < 500, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"TRAINING", "INFERENCE"})
    void memoryThatIsNotThereIsAskedForInVain(Mode mode) {
        long side = 1L << 24;
        try (Tensor column = DOOR.weights().zeros(side, 1);
                Tensor row = DOOR.weights().zeros(1, side);
                Tensor two = DOOR.weights().floats(new float[] {2}, 1)) {
            DOOR.weights().scale(two, 3).close(); // makes the constants
            try (Ops ops = DOOR.ops(mode)) {
                ops.full(1, DType.FLOAT32, 1);
            }
            long open = DOOR.openTensors();
            assertNoMemory("a tensor FLOAT32", () -> DOOR.weights().zeros(side, side));
            assertNoMemory(
                    "matmul(FLOAT32(16777216, 1), FLOAT32(1, 16777216))",
                    () -> DOOR.weights().matmul(column, row));
            try (Ops ops = DOOR.ops(mode)) {
                assertNoMemory("matmul", () -> ops.matmul(column, row));
                assertNoMemory("full", () -> ops.full(1, DType.FLOAT32, side, side));
                assertArrayEquals(
                        new float[] {4}, ops.multiply(two, two).toFloats(), "usable afterwards");
            }
            assertEquals(open, DOOR.openTensors());
        }
    }

    @Test
    void otherFailuresNameTheOperatorAndItsShapes() {
        try (Tensor a = DOOR.weights().zeros(2, 3);
                Tensor b = DOOR.weights().zeros(4, 5)) {
            PeftException e = assertThrows(PeftException.class, () -> DOOR.weights().matmul(a, b));
            assertFalse(e instanceof NativeMemoryException);
            assertInstanceOf(EngineException.class, e.getCause());
            assertEquals(
                    "PyTorch could not compute matmul(FLOAT32(2, 3), FLOAT32(4, 5)): mat1 and mat2"
                            + " shapes cannot be multiplied (2x3 and 4x5).",
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has 1 GiB | 2684354560",
                "DefaultCPUAllocator: can't allocate memory: you tried to allocate 12 bytes. | 12",
                "unable to mmap 64 bytes from file </x>: Cannot allocate memory (12) | 64",
                "std::bad_alloc | -1",
                "Cannot reserve 40 bytes of direct buffer memory (allocated: 1, limit: 2) | -1"
            })
    void allAllocatorsAreUnderstood(String said, long bytes) {
        PeftException e = NativeFailures.of(new EngineException(said), () -> "add");
        NativeMemoryException memory = assertInstanceOf(NativeMemoryException.class, e);
        assertEquals(bytes, memory.requestedBytes().orElse(-1));
    }

    @Test
    void messagesAreBounded() {
        PeftException e =
                NativeFailures.of(
                        new EngineException("x\nRuntimeError: " + "y".repeat(9_000)), () -> "add");
        assertTrue(String.valueOf(e.getMessage()).length() < 400, e.getMessage());
    }
}
