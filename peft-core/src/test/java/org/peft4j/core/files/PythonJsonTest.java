package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against what generate.py, beside the golden files, made with Python's json and repr. */
class PythonJsonTest {

    @Test
    void writesTheTextThatPythonWrites() {
        String golden = new String(TestFiles.resource("golden.json"), StandardCharsets.UTF_8);
        JsonObject read = JsonFiles.parse(Path.of("golden.json"), golden);
        JsonObject backwards = new JsonObject();
        List<String> keys = new ArrayList<>(read.keySet());
        Collections.reverse(keys);
        keys.forEach(key -> backwards.add(key, read.get(key)));
        assertEquals(golden, PythonJson.dumps(backwards));
    }

    @Test
    void spellsDoublesAsPythonDoes() {
        String golden = new String(TestFiles.resource("doubles.txt"), StandardCharsets.UTF_8);
        golden.lines()
                .forEach(
                        line -> {
                            String[] bitsAndText = line.split(" ", -1);
                            long bits = Long.parseUnsignedLong(bitsAndText[0], 16);
                            assertEquals(
                                    bitsAndText[1],
                                    PythonNumbers.repr(Double.longBitsToDouble(bits)));
                        });
    }

    @Test
    void spellsEveryKindOfNumber() {
        assertEquals("0.1", PythonJson.dumps(new JsonPrimitive(0.1f)));
        assertEquals("8", PythonJson.dumps(new JsonPrimitive((short) 8)));
        assertEquals(
                "1e-05", PythonJson.dumps(new JsonPrimitive(new java.math.BigDecimal("0.00001"))));
    }

    @Test
    void writesNumbersThatJsonDoesNotHaveAsPythonDoes() {
        assertEquals("NaN", PythonJson.dumps(new JsonPrimitive(Double.NaN)));
        assertEquals("-Infinity", PythonJson.dumps(new JsonPrimitive(Double.NEGATIVE_INFINITY)));
    }
}
