package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.peft4j.core.files.TestFiles.assertBad;
import static org.peft4j.core.files.TestFiles.write;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.BadFileException;

class JsonFilesTest {

    @TempDir Path directory;

    @Test
    void readsNumbersExactlyAndKeysInOrder() {
        Path file =
                write(
                        directory.resolve("config.json"),
                        "\ufeff{\"z\": 9007199254740993, \"a\": 1e-05, \"big\":"
                                + " 1000000000000000019884624838656, \"n\": null}\n");
        JsonObject object = JsonFiles.read(file);
        assertEquals(List.of("z", "a", "big", "n"), List.copyOf(object.keySet()));
        assertEquals(9007199254740993L, object.get("z").getAsLong());
        assertEquals(1e-5, object.get("a").getAsDouble());
        assertEquals(
                new BigInteger("1000000000000000019884624838656"),
                object.get("big").getAsBigInteger());
    }

    /** What Python's json reads beyond RFC 8259. */
    @Test
    void readsAsPythonDoes() {
        Path file =
                write(
                        directory.resolve("config.json"),
                        "{\"a\": [NaN,Infinity, -Infinity], \"b\": 1, \"c\": \"é \\\" NaN\","
                                + " \"b\": 1e999, \"d\": {\"e\":1,\"e\":null}, \"NaN\":-0.0}");
        JsonObject object = JsonFiles.read(file);
        assertEquals(List.of("a", "b", "c", "d", "NaN"), List.copyOf(object.keySet()));
        assertEquals("[NaN,Infinity,-Infinity]", object.get("a").toString());
        assertEquals(Double.POSITIVE_INFINITY, object.get("b").getAsDouble());
        assertEquals("é \" NaN", object.get("c").getAsString());
        assertTrue(object.getAsJsonObject("d").get("e").isJsonNull());
        assertEquals(-0.0, object.get("NaN").getAsDouble());
        JsonFields fields = JsonFields.of(file, object);
        assertBad(file, () -> fields.number("b"), "b must be a number but is Infinity");
        assertBad(file, () -> fields.numbers("a"), "a must be a list of numbers");
        assertBad(file, () -> fields.integer("b"), "b must be an integer but is Infinity");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|is empty",
                "` `|is not valid JSON: it ends too early",
                "[]|is not a JSON object but an array (line 1, column",
                "\"x\"|is not a JSON object but a string",
                "{\"a\": 1|is not valid JSON: it ends too early",
                "{\"a\": tru}|is not valid JSON: unexpected text at line 1, column",
                "{\"a\": nan}|is not valid JSON: unexpected text at line 1, column",
                "{\"a\": +Infinity}|is not valid JSON",
                "{\"a\": -NaN}|is not valid JSON",
                "{\"a\": NaN1}|is not valid JSON",
                "{NaN: 1}|is not valid JSON",
                "{\"a\": \"\t\"}|is not valid JSON",
                "{\"a\": 1} {\"b\": 2}|at line 1, column",
            })
    void refuses(String text, String message) {
        assertRefused(text, message);
    }

    @Test
    void namesLineAndColumn() {
        assertRefused("{\n  \"a\": 1,\n  \"b\": }\n}", "is not valid JSON", "at line 3, column");
    }

    @Test
    void refusesWhatIsNotUtf8() {
        Path file = write(directory.resolve("x.json"), new byte[] {'{', '"', (byte) 0xe9, '"'});
        assertBad(file, () -> JsonFiles.read(file), "is not valid UTF-8");
    }

    @Test
    void refusesDepthAndSize() throws IOException {
        assertRefused("{\"a\":" + "[".repeat(1_000_000), "is not valid JSON", "nesting");
        assertRefused("{\"a\":[" + "0,".repeat(1_000_001) + "0]}", "has more than 1000000 values");
        Path large = directory.resolve("large.json");
        try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength((64 << 20) + 1);
        }
        assertBad(large, () -> JsonFiles.read(large), "is larger than the 64 MiB");
    }

    @Test
    void refusesPathsThatLeadToNoFile() {
        write(directory.resolve("config.json"), "{}");
        Path missing = directory.resolve("confg.json");
        assertBad(missing, () -> JsonFiles.read(missing), "does not exist", "\"config.json\"");
        assertBad(directory, () -> JsonFiles.read(directory), "is a directory");
    }

    @Test
    void damageRaisesNothingButBadFileException() {
        long seed = TestFiles.seed();
        Random random = new Random(seed);
        byte[] whole = TestFiles.resource("golden.json");
        for (int round = 0; round < 3_000; round++) {
            byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = write(directory.resolve("fuzz.json"), bytes);
            try {
                PythonJson.dumps(JsonFiles.read(file));
            } catch (BadFileException e) {
                assertTrue(
                        TestFiles.message(e).startsWith(file + ": "), () -> TestFiles.message(e));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dpeft4j.seed=" + seed + " round " + round, e);
            }
        }
    }

    private void assertRefused(String text, String... message) {
        Path file = write(directory.resolve("config.json"), text);
        assertBad(file, () -> JsonFiles.read(file), message);
    }
}
