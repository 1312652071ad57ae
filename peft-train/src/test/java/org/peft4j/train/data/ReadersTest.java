package org.peft4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;

final class ReadersTest {

    @TempDir private Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("data"), content);
    }

    private void refused(String expected, Executable body) {
        String message = String.valueOf(assertThrows(BadFileException.class, body).getMessage());
        assertEquals(directory.resolve("data") + ": " + expected, message);
    }

    @Test
    void jsonLines() throws IOException {
        Path file =
                file(
                        """
                        {"prompt": "a\\n\\u00e9", "completion": "b", "extra": [1, 2]}

                        {"completion": "d", "prompt": "c"}
                        """);
        assertEquals(
                List.of(new PromptCompletion("a\né", "b"), new PromptCompletion("c", "d")),
                JsonLines.readPairs(file));
        assertEquals(
                List.of(new PromptCompletion("b", "a\né"), new PromptCompletion("d", "c")),
                JsonLines.readPairs(file, "completion", "prompt"));
        assertEquals(List.of("b", "d"), JsonLines.readTexts(file, "completion"));
    }

    @Test
    void badJsonLines() throws IOException {
        Path noField = file("{\"prompt\": \"a\", \"completion\": \"b\"}\n\n{\"text\": \"a\"}");
        refused(
                "line 3 has no \"prompt\"; its fields are [text]. Add it, or say which fields to"
                        + " read.",
                () -> JsonLines.readPairs(noField));
        Path noString = file("{\"prompt\": \"a\", \"completion\": 3}");
        refused(
                "line 1 has a \"completion\" that is not a string. Add it, or say which fields to"
                        + " read.",
                () -> JsonLines.readPairs(noString));
        for (String bad :
                List.of("{\"prompt\": ", "prompt", "{'a': 1}", "{\"a\": NaN}", "{} x", "{} {}")) {
            Path noJson = file("{\"prompt\": \"a\", \"completion\": \"b\"}\n" + bad);
            refused(
                    "line 2 is not valid JSON. Every line must be one JSON object.",
                    () -> JsonLines.readPairs(noJson));
        }
        Path list = file("[1]");
        refused(
                "line 1 is not a JSON object. Every line must be one JSON object.",
                () -> JsonLines.readPairs(list));
    }

    @Test
    void pairsWithASeparator() throws IOException {
        Path file = file("name : A | area : B||A is in B . \r\nname : C||C | or so .\n");
        assertEquals(
                List.of(
                        new PromptCompletion("name : A | area : B", "A is in B ."),
                        new PromptCompletion("name : C", "C | or so .")),
                TextLines.readPairs(file, "||"));
    }

    @Test
    void badPairs() throws IOException {
        Path none = file("a||b\nc\n");
        refused(
                "line 2 has no \"||\". Every line must be PROMPT||COMPLETION.",
                () -> TextLines.readPairs(none, "||"));
        Path two = file("a||b||c");
        refused(
                "line 1 has more than one \"||\". Every line must be PROMPT||COMPLETION.",
                () -> TextLines.readPairs(two, "||"));
        Path half = file("a|| ");
        refused(
                "line 1 has no text after \"||\". Complete it, or remove the line.",
                () -> TextLines.readPairs(half, "||"));
    }

    @Test
    void plainTexts() throws IOException {
        assertEquals(List.of("one", " two"), TextLines.read(file("\uFEFFone\n\n two\n")));
    }

    @Test
    void filesThatAreNoText() throws IOException {
        Path empty = file("\n \n");
        refused("is empty. Give a file with at least one line.", () -> TextLines.read(empty));
        byte[] latin = "one\ntwo\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Path notUtf8 = Files.write(directory.resolve("data"), latin);
        refused(
                "is not UTF-8: line 3 has bytes that stand for nothing. Convert it to UTF-8.",
                () -> TextLines.read(notUtf8));
        Files.delete(notUtf8);
        refused("does not exist. Check the path.", () -> TextLines.read(notUtf8));
    }

    @Test
    void tabSeparatedSentences() throws IOException {
        Path file = file("it 's \"good , really\t1\n\"bad\t0\n");
        assertEquals(
                List.of(
                        new PromptCompletion("it 's \"good , really", "1"),
                        new PromptCompletion("\"bad", "0")),
                DelimitedFile.tsv(file).readPairs(0, 1));
    }

    @Test
    void commaSeparatedColumnsByName() throws IOException {
        Path file =
                file("id,answer,question\n1,\"yes, \"\"I\"\" do\",\"really\nso?\"\n2,no,why?\n");
        assertEquals(
                List.of(
                        new PromptCompletion("really\nso?", "yes, \"I\" do"),
                        new PromptCompletion("why?", "no")),
                DelimitedFile.csv(file).readPairs("question", "answer"));
    }

    @Test
    void badTables() throws IOException {
        Path noColumn = file("id,answer\n1,yes\n");
        refused(
                "has no column \"question\"; its columns are [id, answer]. Name one of these, or"
                        + " give column numbers if the file has no header.",
                () -> DelimitedFile.csv(noColumn).readPairs("question", "answer"));
        Path tooShort = file("q,a\n\"one\ntwo\",b\nlonely\n");
        refused(
                "line 4 has 1 columns, not the 2 that are needed. Complete the line, or say which"
                        + " columns to read.",
                () -> DelimitedFile.csv(tooShort).readPairs("q", "a"));
        Path headerOnly = file("q,a\n");
        refused(
                "has no rows. Give a file with at least one.",
                () -> DelimitedFile.csv(headerOnly).readPairs("q", "a"));
        Path openQuote = file("q,a\n\"never closed,b\n");
        String message =
                String.valueOf(
                        assertThrows(
                                        BadFileException.class,
                                        () -> DelimitedFile.csv(openQuote).readPairs("q", "a"))
                                .getMessage());
        assertEquals(true, message.contains("is not a well-formed table"), message);
    }
}
