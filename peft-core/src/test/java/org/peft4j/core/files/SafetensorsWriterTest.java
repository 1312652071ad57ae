package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.peft4j.core.files.TestFiles.tensor;
import static org.peft4j.core.files.TestFiles.write;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

    @TempDir Path directory;

    /** The list in generate.py, beside the golden file. */
    private final List<TensorSource> golden = new ArrayList<>();

    @Test
    void writesTheBytesThatPythonWrites() {
        add("model.b", StoredType.F32, 2, 3);
        add("model.a", StoredType.F32, 2, 3);
        add("scalar", StoredType.F64);
        add("empty", StoredType.F16, 0, 4);
        add("mask", StoredType.BOOL, 3);
        add("half", StoredType.F16, 3);
        add("brain", StoredType.BF16, 5);
        add("ids", StoredType.I64, 2);
        add("unsigned", StoredType.U64, 1);
        add("int", StoredType.I32, 1);
        add("uint", StoredType.U32, 1);
        add("short", StoredType.I16, 1);
        add("ushort", StoredType.U16, 1);
        add("byte", StoredType.I8, 3);
        add("ubyte", StoredType.U8, 3);
        add("e4m3", StoredType.F8_E4M3, 2);
        add("e5m2", StoredType.F8_E5M2, 2);
        add("e4m3fnuz", StoredType.F8_E4M3FNUZ, 2);
        add("e5m2fnuz", StoredType.F8_E5M2FNUZ, 2);
        add("e8m0", StoredType.F8_E8M0, 2);
        add("complex", StoredType.C64, 1);
        add("odd \"name\" \\ é \uffee", StoredType.F32, 1);
        add("odd \ud83d\ude00", StoredType.F32, 1);
        add("odd \uffee", StoredType.F32, 1);
        Path path = directory.resolve("out.safetensors");
        SafetensorsWriter.write(path, golden);
        assertArrayEquals(TestFiles.resource("golden.safetensors"), TestFiles.read(path));
    }

    @Test
    void leavesOutEmptyMetadataAsPythonDoes() {
        Path path = directory.resolve("out.safetensors");
        SafetensorsWriter.write(path, List.of(tensor("x", 2, 0)), Map.of());
        assertArrayEquals(TestFiles.resource("no_metadata.safetensors"), TestFiles.read(path));
    }

    @Test
    void metadataOfAnyTextComesBack() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put("text", "\" \\ / \n \t \r \b \f \0 \u007f é 日 \ud83d\ude00");
        Path path = directory.resolve("x");
        SafetensorsWriter.write(path, List.of(), metadata);
        SafetensorsFile file = SafetensorsFile.open(path);
        assertEquals(metadata, file.metadata());
        assertEquals(List.copyOf(metadata.keySet()), List.copyOf(file.metadata().keySet()));
        assertEquals(0, file.dataStart() % 8);
    }

    @Test
    void copiesTensorsFromFileToFile() {
        Path from = write(directory.resolve("from"), TestFiles.resource("golden.safetensors"));
        SafetensorsFile source = SafetensorsFile.open(from);
        List<TensorSource> copies =
                source.entries().values().stream()
                        .map(entry -> TensorSource.copyOf(source, entry))
                        .toList();
        Path to = directory.resolve("to");
        SafetensorsWriter.write(to, copies);
        assertArrayEquals(TestFiles.read(from), TestFiles.read(to));
    }

    @Test
    void writesBuffersLargerThanAChunkAndLeavesThemAsTheyAre() {
        ByteBuffer bytes = ByteBuffer.allocate((9 << 20) + 12);
        bytes.putInt(bytes.limit() - 4, 17).position(8);
        Path path = directory.resolve("large");
        long[] shape = {bytes.remaining()};
        SafetensorsWriter.write(
                path, List.of(TensorSource.of("a", StoredType.U8, shape, () -> bytes)));
        assertEquals(8, bytes.position());
        SafetensorsFile file = SafetensorsFile.open(path);
        assertEquals(bytes.slice(), file.read(file.entry("a")));
    }

    @Test
    void refusesBodiesThatDoNotKeepTheirPromise() {
        Path path = write(directory.resolve("x"), "old");
        for (int bytes : new int[] {0, 7, 9, 100}) {
            TensorSource bad =
                    TensorSource.of(
                            "a", StoredType.F32, new long[] {2}, () -> ByteBuffer.allocate(bytes));
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> SafetensorsWriter.write(path, List.of(bad)));
            assertTrue(TestFiles.message(e).contains("tensor a"), () -> TestFiles.message(e));
            assertTrue(
                    TestFiles.message(e).contains("promised 8 bytes"), () -> TestFiles.message(e));
            assertEquals(List.of("x"), TestFiles.list(directory));
            assertEquals("old", TestFiles.text(path));
        }
    }

    @Test
    void refusesNamesAndShapesThatNoReaderWouldTake() {
        for (String name : new String[] {"", "__metadata__", "a\n", "\ud800"}) {
            assertThrows(IllegalArgumentException.class, () -> tensor(name, 1, 0));
        }
        long[][] shapes = {{-1}, {Long.MAX_VALUE, 2}, {Long.MAX_VALUE}};
        for (long[] shape : shapes) {
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            TensorSource.of(
                                    "a", StoredType.F32, shape, () -> ByteBuffer.allocate(0)));
        }
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        SafetensorsWriter.write(
                                directory.resolve("x"),
                                List.of(tensor("a", 1, 0), tensor("a", 1, 0))));
        assertEquals(List.of(), TestFiles.list(directory));
    }

    private void add(String name, StoredType type, long... shape) {
        int index = golden.size();
        int size = (int) Shapes.bytes(type, Shapes.listOf(shape));
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            int value = (7 * index + i) % 128;
            bytes[i] = (byte) (type == StoredType.BOOL ? value % 2 : value);
        }
        golden.add(TensorSource.of(name, type, shape, () -> ByteBuffer.wrap(bytes)));
    }
}
