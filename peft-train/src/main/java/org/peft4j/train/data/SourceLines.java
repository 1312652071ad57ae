package org.peft4j.train.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;

/** The lines of a data file, each with its number for error messages. */
final class SourceLines {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private SourceLines() {}

    /**
     * A line that is not blank.
     *
     * @param number from 1, as editors count
     */
    record Line(int number, String text) {

        BadFileException error(Path file, String problem, String remedy) {
            return error(file, problem, remedy, null);
        }

        BadFileException error(
                Path file, String problem, String remedy, @Nullable Throwable cause) {
            return new BadFileException(file, "line " + number + " " + problem, remedy, cause);
        }
    }

    /** Reads all lines that are not blank; there must be one. */
    static List<Line> read(Path file) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String text : text(file).split("\r\n|\n|\r", -1)) {
            number++;
            if (!text.isBlank()) {
                lines.add(new Line(number, text));
            }
        }
        if (lines.isEmpty()) {
            throw new BadFileException(file, "is empty", "Give a file with at least one line");
        }
        return lines;
    }

    /** Reads the whole file, without a byte-order mark. */
    static String text(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new BadFileException(file, "does not exist", "Check the path", e);
        } catch (IOException | OutOfMemoryError e) {
            throw new BadFileException(
                    file,
                    "cannot be read: " + e.getMessage(),
                    "Give a readable text file of less than 2 GiB",
                    e);
        }
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(java.nio.ByteBuffer.wrap(bytes))
                            .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new BadFileException(
                    file,
                    "is not UTF-8: line " + badLine(bytes) + " has bytes that stand for nothing",
                    "Convert it to UTF-8",
                    e);
        }
    }

    /** What a lenient decoder replaces is what the strict one refuses. */
    private static long badLine(byte[] bytes) {
        String replaced = new String(bytes, StandardCharsets.UTF_8);
        int bad = Math.max(0, replaced.indexOf('\uFFFD'));
        return 1 + replaced.substring(0, bad).chars().filter(c -> c == '\n').count();
    }
}
