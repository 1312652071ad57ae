package org.peft4j.transformers.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.Names;

/**
 * What the hub says that a revision holds.
 *
 * @param commit the commit, 40 hexadecimal digits
 * @param files the names of all files, folders separated by slashes
 */
record Listing(String commit, Set<String> files) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Leads out of the folder on some system: absolute, on another drive, or upwards. */
    private static final Pattern ESCAPE =
            Pattern.compile("^[/\\\\].*|^\\w:.*|(.*[/\\\\])?\\.\\.([/\\\\].*)?");

    /** Checks nothing; {@link #parse} has. */
    Listing {
        files = Set.copyOf(files);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /**
     * Reads the hub's answer.
     *
     * @param source where it comes from, for errors
     * @param json the answer
     * @throws BadFileException if it is not what a hub answers, or has names that lead out of a
     *     folder
     */
    static Listing parse(Path source, String json) {
        JsonFields fields = JsonFields.of(source, JsonFiles.parse(source, json));
        String commit = fields.string("sha");
        if (!isCommit(commit)) {
            throw fields.mustBe("sha", "a commit of 40 hexadecimal digits");
        }
        if (!(fields.object().get("siblings") instanceof JsonArray siblings)) {
            throw fields.mustBe("siblings", "a list of files");
        }
        Set<String> files = new TreeSet<>();
        for (JsonElement sibling : siblings) {
            if (!(sibling instanceof JsonObject file)) {
                throw fields.mustBe("siblings", "a list of objects");
            }
            files.add(name(JsonFields.of(source, file)));
        }
        return new Listing(commit, files);
    }

    private static String name(JsonFields sibling) {
        String name = sibling.string("rfilename");
        if (ESCAPE.matcher(name).matches()) {
            throw new BadFileException(
                    sibling.file(),
                    "names the file " + Names.quote(name) + ", which leads out of its folder",
                    "Do not use this repository; check HF_ENDPOINT if you know the repository to be"
                            + " good");
        }
        return name;
    }
}
