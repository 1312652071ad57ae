package org.peft4j.transformers.text.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Map;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.Names;

/**
 * A token that is found in a text before the model cuts it, as the tokenizers library has it.
 *
 * @param content its text
 * @param singleWord whether it must stand alone between characters that belong to no word
 * @param lstrip whether it swallows the white space on its left
 * @param rstrip whether it swallows the white space on its right
 * @param normalized whether it is looked for in the normalised text
 * @param special whether decoding may leave it out
 */
record AddedToken(
        String content,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special) {

    /** A special token with no other settings. */
    static AddedToken special(String content) {
        return new AddedToken(content, false, false, false, false, true);
    }

    /**
     * Reads an object with {@code content} and flags, of which any may be missing.
     *
     * @param file names the file in errors
     * @param special what the token is where the object does not say
     */
    static AddedToken read(Path file, String where, JsonObject token, boolean special) {
        if (!(token.get("content") instanceof JsonPrimitive content && content.isString())) {
            throw bad(file, where, "has no text under content");
        }
        boolean isSpecial = flag(file, where, token, "special", special);
        return new AddedToken(
                content.getAsString(),
                flag(file, where, token, "single_word", false),
                flag(file, where, token, "lstrip", false),
                flag(file, where, token, "rstrip", false),
                flag(file, where, token, "normalized", !isSpecial),
                isSpecial);
    }

    private static boolean flag(
            Path file, String where, JsonObject token, String key, boolean otherwise) {
        JsonElement value = token.get(key);
        if (value == null || value.isJsonNull()) {
            return otherwise;
        }
        if (value instanceof JsonPrimitive p && p.isBoolean()) {
            return p.getAsBoolean();
        }
        throw bad(file, where, "must say true or false under " + key);
    }

    private static BadFileException bad(Path file, String where, String problem) {
        return new BadFileException(
                file,
                "has a token at " + Names.printable(where) + " that " + problem,
                "Restore the file from where the checkpoint came from");
    }

    AddedToken asSpecial() {
        return new AddedToken(content, singleWord, lstrip, rstrip, normalized, true);
    }

    /** Returns the entry of {@code added_tokens} in {@code tokenizer.json}. */
    JsonObject toJson(int id) {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("content", content);
        Map<String, Boolean> flags =
                Map.of(
                        "single_word", singleWord,
                        "lstrip", lstrip,
                        "rstrip", rstrip,
                        "normalized", normalized,
                        "special", special);
        flags.forEach(json::addProperty);
        return json;
    }
}
