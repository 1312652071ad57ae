package org.peft4j.train.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.BadFileException;

/** Reads JSON Lines: a JSON object a line, in UTF-8. */
public final class JsonLines {

    private static final String REMEDY = "Every line must be one JSON object";

    private JsonLines() {}

    /**
     * Reads pairs from the fields {@code prompt} and {@code completion}.
     *
     * @param file the file
     * @throws BadFileException if the file cannot be read, is not UTF-8 or is empty, or a line is
     *     not an object with both fields as strings
     */
    public static List<PromptCompletion> readPairs(Path file) {
        return readPairs(file, "prompt", "completion");
    }

    /**
     * Reads pairs from two fields; others are ignored.
     *
     * @param file the file
     * @param promptField the name of the field with the prompt
     * @param completionField the name of the field with the completion
     * @throws BadFileException if the file cannot be read, is not UTF-8 or is empty, or a line is
     *     not an object with both fields as strings
     */
    public static List<PromptCompletion> readPairs(
            Path file, String promptField, String completionField) {
        List<PromptCompletion> pairs = new ArrayList<>();
        for (SourceLines.Line line : SourceLines.read(file)) {
            JsonObject object = parse(file, line);
            pairs.add(
                    new PromptCompletion(
                            string(file, line, object, promptField),
                            string(file, line, object, completionField)));
        }
        return List.copyOf(pairs);
    }

    /**
     * Reads texts from one field; others are ignored.
     *
     * @param file the file
     * @param field the name of the field with the text
     * @throws BadFileException if the file cannot be read, is not UTF-8 or is empty, or a line is
     *     not an object with that field as a string
     */
    public static List<String> readTexts(Path file, String field) {
        List<String> texts = new ArrayList<>();
        for (SourceLines.Line line : SourceLines.read(file)) {
            texts.add(string(file, line, parse(file, line), field));
        }
        return List.copyOf(texts);
    }

    private static JsonObject parse(Path file, SourceLines.Line line) {
        try (JsonReader reader = new JsonReader(new StringReader(line.text()))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (!(element instanceof JsonObject object)) {
                throw line.error(file, "is not a JSON object", REMEDY);
            }
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw line.error(file, "is not valid JSON", REMEDY);
            }
            return object;
        } catch (JsonParseException | IOException e) {
            throw line.error(file, "is not valid JSON", REMEDY, e);
        }
    }

    private static String string(
            Path file, SourceLines.Line line, JsonObject object, String field) {
        JsonElement value = object.get(field);
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw line.error(
                file,
                value == null
                        ? "has no \"" + field + "\"; its fields are " + object.keySet()
                        : "has a \"" + field + "\" that is not a string",
                "Add it, or say which fields to read");
    }
}
