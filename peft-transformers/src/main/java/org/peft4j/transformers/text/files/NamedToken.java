package org.peft4j.transformers.text.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A token as a file names it: by its text alone, or with flags.
 *
 * @param content its text
 * @param flags its flags, or empty where the file has its text only
 */
record NamedToken(String content, Optional<AddedToken> flags) {

    static NamedToken of(String content) {
        return new NamedToken(content, Optional.empty());
    }

    static NamedToken of(AddedToken token) {
        return new NamedToken(token.content(), Optional.of(token));
    }

    /** Reads a text or an object; empty for anything else. */
    static Optional<NamedToken> read(Path file, String where, JsonElement value, boolean special) {
        if (value instanceof JsonPrimitive p && p.isString()) {
            return Optional.of(of(p.getAsString()));
        }
        return value instanceof JsonObject object && object.has("content")
                ? Optional.of(of(AddedToken.read(file, where, object, special)))
                : Optional.empty();
    }
}
