package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.targets.PythonPattern;
import org.peft4j.fixtures.Fixtures;

/** Regular expressions mean what Python's {@code re} says of them, and always end. */
final class PythonPatternTest {

    private static final String PATH = "model.layers.11.self_attn.q_proj";

    @Test
    void expressionsMatchAsInPython() {
        JsonObject golden =
                JsonFiles.read(Fixtures.base("llama").resolve("../../golden/patterns.json"));
        List<String> texts = strings(golden.getAsJsonArray("texts"));
        for (JsonElement element : golden.getAsJsonArray("patterns")) {
            JsonObject pattern = element.getAsJsonObject();
            String expression = pattern.get("expression").getAsString();
            if (pattern.get("matches").isJsonNull()) {
                assertThrows(
                        PeftException.class, () -> PythonPattern.compile(expression), expression);
            } else {
                PythonPattern compiled = PythonPattern.compile(expression);
                assertEquals(
                        strings(pattern.getAsJsonArray("matches")),
                        texts.stream().filter(compiled::matches).toList(),
                        expression);
            }
        }
    }

    private static List<String> strings(JsonArray array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.getAsString()));
        return strings;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(){2147483647}",
                "(a{0}){1000000000}",
                "(.+)+\\1X",
                "((.*)*)*X",
                "(?:(?:)*)*X",
                "(?:(?:){4000000000}){4000000000}X",
                "(.|.)*(.|.)*X",
                "(?=(.+)+X)"
            })
    void hostileExpressionsEnd(String expression) {
        assertEnds(expression);
    }

    @Test
    void longExpressionsEnd() {
        assertEnds("\\Q" + "a".repeat(1_000_000));
        assertEnds("(".repeat(50_000) + ")".repeat(50_000));
        assertEnds("a?".repeat(30_000) + "X");
        assertEnds("(?:" + "a|".repeat(40_000) + "X)*Y");
        assertEnds("[" + "a-z".repeat(30_000) + "]*X");
    }

    private static void assertEnds(String expression) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                    try {
                        PythonPattern.compile(expression).matches(PATH);
                    } catch (PeftException e) {
                        assertTrue(String.valueOf(e.getMessage()).length() < 2_000);
                    }
                });
    }
}
