package org.peft4j.train.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.BadFileException;

/** Reads UTF-8 text files with one item a line; blank lines do not count. */
public final class TextLines {

    private TextLines() {}

    /**
     * Reads plain texts, one a line.
     *
     * @param file the file
     * @throws BadFileException if it cannot be read, is not UTF-8 or holds no text
     */
    public static List<String> read(Path file) {
        return SourceLines.read(file).stream().map(SourceLines.Line::text).toList();
    }

    /**
     * Reads prompts and completions with a separator between them, such as the {@code
     * meaning||text} of the E2E challenge.
     *
     * @param file the file
     * @param separator what stands between the two, once in every line
     * @throws BadFileException if the file cannot be read, is not UTF-8 or is empty, or a line has
     *     not exactly one separator with text on both sides
     */
    public static List<PromptCompletion> readPairs(Path file, String separator) {
        List<PromptCompletion> pairs = new ArrayList<>();
        for (SourceLines.Line line : SourceLines.read(file)) {
            int at = line.text().indexOf(separator);
            if (at < 0 || line.text().indexOf(separator, at + separator.length()) >= 0) {
                throw line.error(
                        file,
                        (at < 0 ? "has no " : "has more than one ") + quoted(separator),
                        "Every line must be PROMPT" + separator + "COMPLETION");
            }
            String prompt = line.text().substring(0, at).strip();
            String completion = line.text().substring(at + separator.length()).strip();
            if (prompt.isEmpty() || completion.isEmpty()) {
                throw line.error(
                        file,
                        "has no text "
                                + (prompt.isEmpty() ? "before " : "after ")
                                + quoted(separator),
                        "Complete it, or remove the line");
            }
            pairs.add(new PromptCompletion(prompt, completion));
        }
        return List.copyOf(pairs);
    }

    private static String quoted(String separator) {
        return "\"" + separator + "\"";
    }
}
