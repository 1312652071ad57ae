package org.peft4j.train.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.peft4j.core.BadFileException;

/**
 * A table in a text file, in UTF-8.
 *
 * <p>Comma-separated values are read by RFC 4180: fields in double quotes may hold commas, line
 * breaks and doubled quotes. Tab-separated ones are taken as they are: a quote is a character like
 * any other, which is how sentence corpora are written.
 */
public final class DelimitedFile {

    private final Path file;
    private final CSVFormat format;

    /**
     * A row that is not blank.
     *
     * @param line the line of the file that it starts in, from 1
     */
    private record Row(long line, CSVRecord cells) {}

    private DelimitedFile(Path file, CSVFormat format) {
        this.file = file;
        this.format = format;
    }

    /** A file of comma-separated values. */
    public static DelimitedFile csv(Path file) {
        return new DelimitedFile(file, CSVFormat.RFC4180);
    }

    /** A file of tab-separated values. */
    public static DelimitedFile tsv(Path file) {
        return new DelimitedFile(
                file, CSVFormat.RFC4180.builder().setDelimiter('\t').setQuote(null).build());
    }

    /**
     * Reads pairs from a table whose first line names the columns.
     *
     * @param promptColumn the name of the column with the prompt
     * @param completionColumn the name of the column with the completion
     * @throws BadFileException if the file cannot be read, is not UTF-8 or has no rows, there is no
     *     such column, or a line is too short
     */
    public List<PromptCompletion> readPairs(String promptColumn, String completionColumn) {
        List<Row> rows = rows();
        CSVRecord header = rows.get(0).cells();
        int prompt = columnOf(header, promptColumn);
        int completion = columnOf(header, completionColumn);
        return pairs(rows.subList(1, rows.size()), prompt, completion);
    }

    /**
     * Reads pairs from a table without names.
     *
     * @param promptColumn the column with the prompt, from 0
     * @param completionColumn the column with the completion, from 0
     * @throws BadFileException if the file cannot be read, is not UTF-8 or has no rows, or a line
     *     is too short
     */
    public List<PromptCompletion> readPairs(int promptColumn, int completionColumn) {
        return pairs(rows(), promptColumn, completionColumn);
    }

    private List<PromptCompletion> pairs(List<Row> rows, int prompt, int completion) {
        if (rows.isEmpty()) {
            throw new BadFileException(file, "has no rows", "Give a file with at least one");
        }
        int needed = Math.max(prompt, completion) + 1;
        List<PromptCompletion> pairs = new ArrayList<>(rows.size());
        for (Row row : rows) {
            if (row.cells().size() < needed) {
                throw new BadFileException(
                        file,
                        "line "
                                + row.line()
                                + " has "
                                + row.cells().size()
                                + " columns, not the "
                                + needed
                                + " that are needed",
                        "Complete the line, or say which columns to read");
            }
            pairs.add(new PromptCompletion(row.cells().get(prompt), row.cells().get(completion)));
        }
        return List.copyOf(pairs);
    }

    private int columnOf(CSVRecord header, String column) {
        int index = header.toList().indexOf(column);
        if (index < 0) {
            throw new BadFileException(
                    file,
                    "has no column \"" + column + "\"; its columns are " + header.toList(),
                    "Name one of these, or give column numbers if the file has no header");
        }
        return index;
    }

    private List<Row> rows() {
        try (CSVParser parser = CSVParser.parse(SourceLines.text(file), format)) {
            List<Row> rows = new ArrayList<>();
            long line = 1;
            for (CSVRecord cells : parser) {
                if (cells.size() > 1 || !cells.get(0).isBlank()) {
                    rows.add(new Row(line, cells));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
            if (rows.isEmpty()) {
                throw new BadFileException(file, "is empty", "Give a file with at least one row");
            }
            return rows;
        } catch (IOException | UncheckedIOException e) {
            throw new BadFileException(
                    file,
                    "is not a well-formed table: " + e.getMessage(),
                    "Mend the quotes in that line",
                    e);
        }
    }
}
