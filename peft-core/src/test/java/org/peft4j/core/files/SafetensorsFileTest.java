package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.peft4j.core.files.TestFiles.assertBad;
import static org.peft4j.core.files.TestFiles.safetensors;
import static org.peft4j.core.files.TestFiles.write;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.BadFileException;

class SafetensorsFileTest {

    private static final String GOOD =
            "{\"__metadata__\":{\"format\":\"pt\"},"
                    + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},"
                    + "\"a\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[0,4]}}";

    @TempDir Path directory;

    @Test
    void readsWhatPythonWrote() {
        Path path =
                write(
                        directory.resolve("golden.safetensors"),
                        TestFiles.resource("golden.safetensors"));
        SafetensorsFile file = SafetensorsFile.open(path);
        assertEquals(path, file.path());
        assertEquals(Map.of("format", "pt"), file.metadata());
        assertEquals(24, file.entries().size());
        assertEquals("unsigned", file.entries().keySet().iterator().next());
        TensorEntry a = file.entry("model.a");
        assertEquals(StoredType.F32, a.type());
        assertEquals(List.of(2L, 3L), a.shape());
        assertArrayEquals(new long[] {2, 3}, a.dimensions());
        assertEquals(6, a.elementCount());
        assertEquals(24, a.byteCount());
        assertEquals(1, file.entry("scalar").elementCount());
        assertEquals(0, file.entry("empty").byteCount());
        assertEquals(0, file.read(file.entry("empty")).remaining());
        ByteBuffer bytes = file.read(a);
        assertTrue(bytes.isDirect());
        assertEquals(ByteOrder.LITTLE_ENDIAN, bytes.order());
        assertEquals(24, bytes.remaining());
        assertEquals(0x0a090807, bytes.getInt());
    }

    @Test
    void givesOffsetsFromTheStartOfTheFileAndItsOrder() {
        SafetensorsFile file =
                SafetensorsFile.open(write(directory.resolve("x"), safetensors(GOOD, 12)));
        assertEquals(8 + GOOD.length(), file.dataStart());
        assertEquals(List.of("a", "b"), List.copyOf(file.entries().keySet()));
        assertEquals(file.dataStart(), file.entry("a").begin());
        assertEquals(file.dataStart() + 12, file.entry("b").end());
    }

    @Test
    void unknownFieldsAndAnEmptyFileAreFine() {
        String extra =
                "{\"a\":{\"dtype\":\"U8\",\"new\":{\"x\":[1]},\"shape\":[],\"data_offse"
                        + "ts\":[0,1]}}  ";
        assertEquals(1, open(safetensors(extra, 1)).entries().size());
        assertEquals(0, open(safetensors("{}", 0)).entries().size());
    }

    @Test
    void namesTheNearestTensors() {
        Path path = write(directory.resolve("golden"), TestFiles.resource("golden.safetensors"));
        SafetensorsFile file = SafetensorsFile.open(path);
        assertBad(
                path,
                () -> file.entry("model.c"),
                "has no tensor named \"model.c\"",
                "the nearest are \"model.a\", \"model.b\"");
        assertTrue(file.find("model.c").isEmpty());
    }

    @Test
    void refusesPathsThatLeadToNoFile() throws IOException {
        write(directory.resolve("model.safetensors"), safetensors(GOOD, 12));
        Path missing = directory.resolve("modle.safetensors");
        assertBad(
                missing,
                () -> SafetensorsFile.open(missing),
                "does not exist",
                "\"model.safetensors\"");
        assertBad(directory, () -> SafetensorsFile.open(directory), "is a directory, not a file");
        Path lost = directory.resolve("no").resolve("x");
        assertBad(
                lost,
                () -> SafetensorsFile.open(lost),
                "does not exist, nor does the directory no");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("gone"));
        assertBad(
                link,
                () -> SafetensorsFile.open(link),
                "symbolic link to a file that does not exist");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void refusesWhatIsTooShort(int length) {
        assertRefused(
                new byte[length], "is too short for a safetensors file: " + length + " bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1|negative length, -1",
                "-9223372036854775808|negative length",
                "0|length zero",
                "100000001|more than the format allows",
                "9223372036854775807|more than the format allows",
                "17|is cut off: its header should have 17 bytes but the whole file has 24"
            })
    void refusesHeaderLengths(long length, String message) {
        byte[] bytes =
                ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
        assertRefused(bytes, message);
    }

    @Test
    void refusesHeadersThatAreNotUtf8() {
        byte[] bytes = safetensors("{\"?\":1}", 0);
        bytes[10] = (byte) 0xff;
        assertRefused(bytes, "its header is not valid UTF-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Not JSON, or not the right kind.
                "[]|its header is not a JSON object but an array",
                "null|its header is not a JSON object but null",
                "17|its header is not a JSON object but a number",
                "{|its header is not valid JSON",
                "{}{}|its header",
                "{} x|its header",
                "{'a':1}|its header is not valid JSON",
                "{\"a\":{D,S,O},}|its header is not valid JSON",
                "{\"a\":01}|its header is not valid JSON",
                "{\"a\" 1}|its header is not valid JSON",
                // Metadata.
                "{\"__metadata__\":null}|__metadata__ must be an object of strings but has null",
                "{\"__metadata__\":[]}|__metadata__ must be an object of strings but has an array",
                "{\"__metadata__\":{\"a\":1}}|__metadata__.\"a\" must be a string but has a number",
                "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}|"
                        + "has the key \"a\" twice in __metadata__",
                "{\"__metadata__\":{},\"__metadata__\":{}}|has the key \"__metadata__\" twice",
                // Tensors.
                "{\"a\":1}|tensor \"a\" must be an object but has a number",
                "{\"a\":{}}|has no dtype for tensor \"a\"",
                "{\"a\":{D,O}}|has no shape for tensor \"a\"",
                "{\"a\":{D,S}}|has no data_offsets for tensor \"a\"",
                "{\"a\":{D,S,O},\"a\":{D,S,O}}|has the key \"a\" twice",
                "{\"a\":{D,S,O,D}}|has the key \"dtype\" twice in tensor \"a\"",
                "{\"\":{D,S,O}}|has a tensor with an empty name",
                "{\"a\\u0000\":{D,S,O}}|control characters in the tensor name \"a\\u0000\"",
                "{\"a\\u001b[2J\":{D,S,O}}|control characters in the tensor name",
                "{\"a\\ud800\":{D,S,O}}|control characters in the tensor name",
                "{\"a\":{\"dtype\":3,S,O}}|dtype of tensor \"a\" must be a string but has a number",
                "{\"a\":{\"dtype\":\"F31\",S,O}}|has the unknown dtype \"F31\"",
                "{\"a\":{\"dtype\":\"f32\",S,O}}|has the unknown dtype \"f32\"",
                "{\"a\":{D,\"shape\":4,O}}|shape of tensor \"a\" must be a list of whole numbers",
                "{\"a\":{D,\"shape\":null,O}}|"
                        + "shape of tensor \"a\" must be a list of whole numbers but has null",
                "{\"a\":{D,\"shape\":[\"1\"],O}}|"
                        + "shape of tensor \"a\" must be a list of whole numbers but has a string",
                "{\"a\":{D,\"shape\":[-1],O}}|"
                        + "has a negative number, -1, in the shape of tensor \"a\"",
                "{\"a\":{D,\"shape\":[1.5],O}}|has \"1.5\", which is not a whole number",
                "{\"a\":{D,\"shape\":[1e0],O}}|has \"1e0\", which is not a whole number",
                "{\"a\":{D,\"shape\":[99999999999999999999],O}}|has a number that is too large",
                "{\"a\":{D,\"shape\":[4294967296,4294967296],O}}|has a shape that is too large",
                "{\"a\":{D,\"shape\":[9223372036854775807],O}}|has a shape that is too large",
                "{\"a\":{D,S,\"data_offsets\":[0,-4]}}|"
                        + "has a negative number, -4, in the data_offsets of tensor \"a\"",
                "{\"a\":{D,S,\"data_offsets\":[0.0,4]}}|which is not a whole number",
                "{\"a\":{D,S,\"data_offsets\":[4]}}|must have two numbers in the data_offsets",
                "{\"a\":{D,S,\"data_offsets\":[0,4,8]}}|"
                        + "has more than 2 numbers in the data_offsets",
                "{\"a\":{D,S,\"data_offsets\":{}}}|data_offsets of tensor \"a\" must be a list",
                "{\"a\":{D,S,\"data_offsets\":[4,0]}}|"
                        + "has data_offsets that end before they begin, [4, 0]",
                "{\"a\":{D,\"shape\":[2],O}}|needs 8 bytes, but its data_offsets span 4",
                "{\"a\":{D,\"shape\":[0],O}}|needs 0 bytes, but its data_offsets span 4",
                // Layout; there are eight bytes of data.
                "{\"a\":{D,\"shape\":[3],\"data_offsets\":[0,12]}}|"
                        + "is cut off: tensor \"a\" should end at byte 12",
                "{\"a\":{D,S,\"data_offsets\":[9223372036854775803,9223372036854775807]}}|"
                        + "is cut off",
                "{\"a\":{D,S,O}}|"
                        + "bytes that belong to no tensor, 4 to 8 of the data (invalid offset)",
                "{\"a\":{D,S,\"data_offsets\":[4,8]}}|bytes that belong to no tensor, 0 to 4",
                "{}|bytes that belong to no tensor, 0 to 8",
                "{\"a\":{D,\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{D,S,"
                        + "\"data_offsets\":[4,8]}}|has overlapping tensors: \"a\" and \"b\"",
                "{\"a\":{D,S,O},\"b\":{D,S,O}}|has overlapping tensors",
            })
    void refusesHeaders(String header, String message) {
        String full =
                header.replace("D,", "\"dtype\":\"F32\",")
                        .replace(",D}", ",\"dtype\":\"F32\"}")
                        .replace("S,", "\"shape\":[1],")
                        .replace(",S}", ",\"shape\":[1]}")
                        .replace("O}", "\"data_offsets\":[0,4]}")
                        .replace("O,", "\"data_offsets\":[0,4],");
        assertRefused(safetensors(full, 8), message);
    }

    @Test
    void refusesHostileJson() {
        String deep = "[".repeat(1_000_000);
        assertRefused(safetensors("{\"a\":{\"x\":" + deep, 0), "its header is not valid JSON");
        assertRefused(safetensors("{\"a\":" + "{\"a\":".repeat(100_000), 0), "its header");
        assertRefused(safetensors(deep, 0), "its header is not a JSON object");
        String rank = "1,".repeat(100) + "1";
        assertRefused(
                safetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + rank + "]}}", 0),
                "has more than 64 numbers in the shape");
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            keys.append("\"k").append(i).append("\":0,");
        }
        assertRefused(safetensors("{\"a\":{" + keys + "\"z\":0}}", 0), "has more than 16 keys");
        String digits = "1".repeat(5_000);
        assertRefused(
                safetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + digits + "]}}", 0),
                "its header");
        String longName = "n".repeat(100_000);
        BadFileException e =
                assertRefused(safetensors("{\"" + longName + "\":1}", 0), "tensor \"nnn");
        assertTrue(TestFiles.message(e).length() < 1_000);
    }

    @Test
    void recognisesOtherFormats() {
        Map<String, String> formats =
                Map.of(
                        "PK\003\004\0\0\010\010", "is a PyTorch pickle",
                        "\u0080\002\u008a\nl\u00fc\u009cF\u00f9 j", "is a PyTorch pickle",
                        "GGUF\003\0\0\0\003", "is a GGUF file",
                        "version https://git-lfs.github.com", "is a Git LFS pointer",
                        "<!DOCTYPE html>", "is a web page");
        formats.forEach(
                (start, message) -> {
                    byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);
                    assertRefused(bytes, message);
                    assertRefused(Arrays.copyOf(bytes, 64), message);
                });
    }

    @Test
    void saysHowToConvertAPickle() {
        Path path =
                write(
                        directory.resolve("pytorch_model.bin"),
                        "PK\003\004...........................");
        assertBad(
                path,
                () -> SafetensorsFile.open(path),
                "refused because unpickling runs code",
                "torch.load('pytorch_model.bin', map_location='cpu', weights_only=True)",
                "'model.safetensors', metadata={'format': 'pt'})");
        Path hostile = write(directory.resolve("a'); import os; ('.bin"), "PK\003\004");
        BadFileException e =
                assertThrows(BadFileException.class, () -> SafetensorsFile.open(hostile));
        assertTrue(TestFiles.message(e).contains("torch.load('FILE'"), () -> TestFiles.message(e));
    }

    @Test
    void aHeaderWhoseLengthLooksLikeAPickleIsNone() {
        String header = "{}" + " ".repeat(0x280 - 2); // The length is 80 02 00 …
        assertEquals(0, open(safetensors(header, 0)).entries().size());
    }

    @Test
    void refusesTensorsThatNoBufferCanHold() throws IOException {
        String header =
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483648],\"data_offsets\":[0,2147483648]}}";
        Path path = write(directory.resolve("large"), safetensors(header, 0));
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(sparse.length() + 2147483648L);
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        assertBad(
                path,
                () -> file.read(file.entry("a")),
                "2147483648 bytes, more than a buffer can hold");
    }

    @Test
    void refusesToReadAFileThatWasReplaced() throws IOException {
        Path path = write(directory.resolve("model"), safetensors(GOOD, 12));
        SafetensorsFile file = SafetensorsFile.open(path);
        SafetensorsWriter.write(path, List.of(TestFiles.tensor("other", 100, 1)));
        assertBad(
                path,
                () -> file.read(file.entry("a")),
                "was replaced or changed after it was opened");
        assertBad(path, file::requireUnchanged, "was replaced");
        Files.delete(path);
        assertBad(path, () -> file.read(file.entry("a")), "there is no such file");
    }

    @Test
    void refusesEntriesOfOtherFiles() {
        SafetensorsFile one =
                SafetensorsFile.open(write(directory.resolve("1"), safetensors(GOOD, 12)));
        SafetensorsFile two =
                SafetensorsFile.open(write(directory.resolve("2"), safetensors(GOOD, 12)));
        assertThrows(IllegalArgumentException.class, () -> one.read(two.entry("a")));
    }

    @Test
    void refusesEveryTruncation() {
        byte[] whole = TestFiles.resource("golden.safetensors");
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "");
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "belong to no tensor");
    }

    @Test
    void damageRaisesNothingButBadFileException() {
        long seed = TestFiles.seed();
        Random random = new Random(seed);
        byte[] whole = TestFiles.resource("golden.safetensors");
        byte[] small = safetensors(GOOD, 12);
        for (int round = 0; round < 6_000; round++) {
            byte[] bytes = (round % 2 == 0 ? whole : small).clone();
            damage(random, bytes);
            Path path = write(directory.resolve("fuzz"), bytes);
            try {
                SafetensorsFile file = SafetensorsFile.open(path);
                file.entries().values().forEach(file::read);
            } catch (BadFileException e) {
                assertTrue(
                        TestFiles.message(e).startsWith(path + ": "), () -> TestFiles.message(e));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dpeft4j.seed=" + seed + " round " + round, e);
            }
        }
    }

    /** Flips bytes, or puts a piece of JSON where it does not belong. */
    private static void damage(Random random, byte[] bytes) {
        String[] pieces = {
            "{", "}", "[", "]", ",", ":", "\"", "-", "9999999999", "null", "1e9", "\\u"
        };
        int places = 1 + random.nextInt(4);
        for (int i = 0; i < places; i++) {
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                byte[] piece =
                        pieces[random.nextInt(pieces.length)].getBytes(StandardCharsets.US_ASCII);
                int at = random.nextInt(bytes.length - piece.length);
                System.arraycopy(piece, 0, bytes, at, piece.length);
            }
        }
    }

    private SafetensorsFile open(byte[] content) {
        return SafetensorsFile.open(write(directory.resolve("model.safetensors"), content));
    }

    private BadFileException assertRefused(byte[] content, String message) {
        Path path = write(directory.resolve("model.safetensors"), content);
        return assertBad(path, () -> SafetensorsFile.open(path), message);
    }
}
