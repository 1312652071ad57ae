package org.peft4j.core.files;

import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.peft4j.core.BadFileException;

/**
 * Reads JSON files that somebody else wrote.
 *
 * <p>Read as Python's json does, with NaN, Infinity and -Infinity, and with the last of duplicate
 * keys; otherwise strict: RFC 8259 and UTF-8, at most 64 MiB, 64 levels and a million values. Whole
 * numbers stay exact; all other numbers are doubles.
 */
public final class JsonFiles {

    private static final int LARGEST = 64 << 20;
    private static final String REMEDY =
            "Mend it by hand, or restore it from where the checkpoint came from";

    private JsonFiles() {}

    /**
     * Reads a file that holds one JSON object.
     *
     * @param file the file
     * @return the object, keys in the file's order
     * @throws BadFileException if the file is missing, not a regular file, too large, or not a JSON
     *     object; the message names the line and the column
     */
    public static JsonObject read(Path file) {
        return parse(file, bytes(file), StrictJson.MOST_VALUES);
    }

    /**
     * Reads the text of a file, for {@link #parse(Path, String, int)}.
     *
     * @param file the file
     * @return its text
     * @throws BadFileException if the file is missing, not a regular file, too large, or not UTF-8
     */
    public static String text(Path file) {
        byte[] utf8 = bytes(file);
        checkSize(file, utf8);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new BadFileException(file, "is not valid UTF-8", REMEDY, e);
        }
    }

    private static byte[] bytes(Path file) {
        PathChecks.requireFile(file);
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }

    /**
     * Parses text that holds one JSON object, with the same rules as {@link #read}.
     *
     * @param file the file to name in errors
     * @param text the text
     * @return the object, keys in the text's order
     * @throws BadFileException if the text is not a JSON object
     */
    public static JsonObject parse(Path file, String text) {
        return parse(file, text, StrictJson.MOST_VALUES);
    }

    /**
     * Parses text of a kind of file that has very many values, such as a vocabulary, with the same
     * other rules as {@link #read}.
     *
     * @param file the file to name in errors
     * @param text the text
     * @param mostValues the most values
     * @return the object, keys in the text's order
     * @throws BadFileException if the text is not a JSON object
     */
    public static JsonObject parse(Path file, String text, int mostValues) {
        return parse(file, text.getBytes(StandardCharsets.UTF_8), mostValues);
    }

    private static JsonObject parse(Path file, byte[] utf8, int mostValues) {
        checkSize(file, utf8);
        return StrictJson.parse(
                file,
                new ByteArrayInputStream(PythonConstants.replace(utf8)),
                "",
                REMEDY,
                StrictJson.Dialect.PYTHON,
                mostValues,
                json -> {
                    json.beginDocument();
                    return json.objectBody();
                });
    }

    private static void checkSize(Path file, byte[] utf8) {
        if (utf8.length > LARGEST) {
            throw new BadFileException(
                    file,
                    "is larger than the " + (LARGEST >> 20) + " MiB that a JSON file may have",
                    "Check that it is the right file");
        }
        if (utf8.length == 0) {
            throw new BadFileException(file, "is empty", REMEDY);
        }
    }
}
