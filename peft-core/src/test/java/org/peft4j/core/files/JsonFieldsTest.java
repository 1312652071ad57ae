package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.peft4j.core.files.TestFiles.assertBad;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class JsonFieldsTest {

    private static final Path FILE = Path.of("config.json");

    private final JsonFields fields =
            JsonFields.of(
                    FILE,
                    JsonFiles.parse(
                            FILE,
                            "{\"hidden_size\": \"many\", \"layers\": 12, \"half\": 1.5, \"whole\":"
                                    + " 2.0, \"zero\": 0, \"large\": 99999999999, \"on\": true,"
                                    + " \"none\": null, \"names\": [\"a\", \"b\"], \"mixed\":"
                                    + " [\"a\", 1], \"counts\": [1, 2], \"rope\": {\"factor\":"
                                    + " \"x\", \"type\": \"linear\"}}"));

    @Test
    void givesWhatIsThere() {
        assertEquals("many", fields.string("hidden_size"));
        assertEquals(12, fields.integer("layers"));
        assertEquals(12, fields.positiveInt("layers"));
        assertEquals(OptionalInt.of(0), fields.optionalInt("zero"));
        assertEquals(1.5, fields.number("half"));
        assertEquals(OptionalDouble.of(12), fields.optionalNumber("layers"));
        assertTrue(fields.bool("on"));
        assertEquals(List.of("a", "b"), fields.strings("names"));
        assertEquals(Optional.of(List.of(1, 2)), fields.optionalIntegers("counts"));
        assertEquals("linear", fields.object("rope").string("type"));
    }

    @Test
    void nullAndAbsentAreTheSame() {
        for (String key : new String[] {"none", "absent"}) {
            assertFalse(fields.has(key));
            assertTrue(fields.optionalString(key).isEmpty());
            assertTrue(fields.optionalInt(key).isEmpty());
            assertTrue(fields.optionalPositiveInt(key).isEmpty());
            assertTrue(fields.optionalNumber(key).isEmpty());
            assertTrue(fields.optionalBool(key).isEmpty());
            assertTrue(fields.optionalStrings(key).isEmpty());
            assertTrue(fields.optionalObject(key).isEmpty());
            assertBad(
                    FILE,
                    () -> fields.integer(key),
                    key + " is missing or null; it must be an integer");
        }
        assertBad(FILE, () -> fields.integer("layer"), "the nearest are \"layers\"");
    }

    @Test
    void saysWhatIsWrong() {
        assertBad(
                FILE,
                () -> fields.positiveInt("hidden_size"),
                "config.json: hidden_size must be a positive integer but is \"many\".");
        assertBad(
                FILE, () -> fields.positiveInt("zero"), "zero must be a positive integer but is 0");
        assertBad(FILE, () -> fields.integer("half"), "half must be an integer but is 1.5");
        assertBad(FILE, () -> fields.integer("whole"), "whole must be an integer but is 2.0");
        assertBad(
                FILE,
                () -> fields.optionalInt("large"),
                "large must be an integer but is 99999999999");
        assertBad(FILE, () -> fields.string("layers"), "layers must be a string but is 12");
        assertBad(FILE, () -> fields.bool("names"), "names must be true or false but is a list");
        assertBad(FILE, () -> fields.number("on"), "on must be a number but is true");
        assertBad(
                FILE,
                () -> fields.strings("mixed"),
                "mixed must be a list of strings but is a list");
        assertBad(
                FILE,
                () -> fields.strings("rope"),
                "rope must be a list of strings but is an object");
        assertBad(FILE, () -> fields.object("layers"), "layers must be an object but is 12");
        assertBad(
                FILE,
                () -> fields.object("rope").number("factor"),
                "rope.factor must be a number but is \"x\"");
    }
}
