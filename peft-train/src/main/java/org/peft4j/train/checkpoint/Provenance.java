package org.peft4j.train.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/**
 * What a training is made from. Settings, data and base decide its numbers: a training is resumed
 * with the same ones or not at all. The rest is told for the reader.
 *
 * @param settings every setting that decides numbers, the seed among them
 * @param data how many examples there are, and their fingerprint
 * @param base what the base is
 * @param about the versions of software, and where the base lay
 */
public record Provenance(JsonObject settings, JsonObject data, JsonObject base, JsonObject about) {

    /** Copies the objects. */
    public Provenance {
        settings = settings.deepCopy();
        data = data.deepCopy();
        base = base.deepCopy();
        about = about.deepCopy();
    }

    void write(JsonObject json) {
        json.add("settings", settings);
        json.add("data", data);
        json.add("base", base);
        json.add("about", about);
    }

    static Provenance read(JsonFields json) {
        return new Provenance(
                json.object("settings").object(),
                json.object("data").object(),
                json.object("base").object(),
                json.object("about").object());
    }

    /**
     * Refuses to go on with something else.
     *
     * @param checkpoint what this was read from
     * @param now what the resuming training is made from
     */
    void requireSame(Path checkpoint, Provenance now) {
        requireSame(checkpoint, "setting", settings, now.settings);
        requireSame(checkpoint, "training data's", data, now.data);
        requireSame(checkpoint, "base's", base, now.base);
    }

    static void requireSame(Path checkpoint, String whose, JsonObject then, JsonObject now) {
        Set<String> keys = new TreeSet<>(then.keySet());
        keys.addAll(now.keySet());
        for (String key : keys) {
            String before = show(then.get(key));
            String after = show(now.get(key));
            if (!before.equals(after)) {
                throw new BadFileException(
                        checkpoint,
                        "was made with the "
                                + whose
                                + " "
                                + key
                                + " = "
                                + before
                                + ", but now it is "
                                + after,
                        "Resume with what the checkpoint was made with, or begin anew in another"
                                + " directory");
            }
        }
    }

    private static String show(@org.jspecify.annotations.Nullable JsonElement value) {
        return value == null ? "absent" : value.toString();
    }
}
