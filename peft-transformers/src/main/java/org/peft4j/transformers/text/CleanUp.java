package org.peft4j.transformers.text;

import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFiles;

/**
 * What transformers does to the spaces of a decoded text where {@code tokenizer_config.json} says
 * {@code clean_up_tokenization_spaces}: none before punctuation and English contractions. It does
 * not for BPE tokenizers, whose spaces are the text's own, though many of their configs say so.
 *
 * @param wanted whether there is anything to do
 */
record CleanUp(boolean wanted) {

    static CleanUp read(Path directory) {
        Path config = directory.resolve("tokenizer_config.json");
        boolean asked =
                Files.exists(config)
                        && JsonFiles.read(config).get("clean_up_tokenization_spaces")
                                instanceof JsonPrimitive p
                        && p.isBoolean()
                        && p.getAsBoolean();
        return new CleanUp(asked && !isBpe(directory.resolve("tokenizer.json")));
    }

    /** Looks for the model's type only; a vocabulary can be large. */
    private static boolean isBpe(Path file) {
        try (Reader text = Files.newBufferedReader(file);
                JsonReader json = new JsonReader(text)) {
            json.beginObject();
            while (json.hasNext()) {
                if (!json.nextName().equals("model") || json.peek() != JsonToken.BEGIN_OBJECT) {
                    json.skipValue();
                    continue;
                }
                json.beginObject();
                while (json.hasNext()) {
                    if (json.nextName().equals("type") && json.peek() == JsonToken.STRING) {
                        return json.nextString().equals("BPE");
                    }
                    json.skipValue();
                }
                return false;
            }
            return false;
        } catch (IOException | IllegalStateException e) {
            throw new BadFileException(
                    file, "cannot be read: " + e.getMessage(), "Download it again", e);
        }
    }

    String apply(String text) {
        if (!wanted) {
            return text;
        }
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }
}
