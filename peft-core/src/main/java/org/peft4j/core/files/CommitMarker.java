package org.peft4j.core.files;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.peft4j.core.BadFileException;

/**
 * The note that a group of files is complete on disk and only needs renaming: {@code {"renames":
 * {TARGET: TEMPORARY}}}. While it lies in a directory the renames are to be done before anything is
 * read; doing them twice is harmless. All methods but {@link #isIn} need the {@link DirectoryLock}.
 */
final class CommitMarker {

    static final String FILE_NAME = ".peft4j-commit.json";

    private static final String RENAMES = "renames";
    private static final String REMEDY =
            "Delete this file if you do not know where it comes from, then save the directory"
                    + " again";

    private CommitMarker() {}

    static boolean isIn(Path directory) {
        return Files.exists(path(directory), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * @param renames temporary files by target name
     */
    static void write(Path directory, Map<String, Path> renames) throws IOException {
        JsonObject names = new JsonObject();
        renames.forEach((target, file) -> names.addProperty(target, Names.fileName(file)));
        JsonObject marker = new JsonObject();
        marker.add(RENAMES, names);
        Path file = TemporaryFile.write(directory, FileBody.of(PythonJson.dumps(marker)));
        try {
            TemporaryFile.move(file, path(directory));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(path(directory));
    }

    /** Does what a marker asks for, if there is one, and removes it. */
    static void finish(Path directory) throws IOException {
        if (!isIn(directory)) {
            return;
        }
        for (Map.Entry<String, Path> rename : read(directory).entrySet()) {
            if (Files.isRegularFile(rename.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                TemporaryFile.move(rename.getValue(), directory.resolve(rename.getKey()));
            }
        }
        Directories.sync(directory);
        delete(directory);
    }

    /** The marker is as untrusted as any other file: it may rename only what we wrote, here. */
    private static Map<String, Path> read(Path directory) {
        Path file = path(directory);
        if (Files.isSymbolicLink(file)) {
            throw new BadFileException(file, "is a symbolic link", REMEDY);
        }
        JsonFields names = JsonFields.read(file).object(RENAMES);
        Map<String, Path> renames = new LinkedHashMap<>();
        for (String target : names.object().keySet()) {
            String temporary = names.string(target);
            if (!isAllowedTarget(target) || !TemporaryFile.isName(temporary)) {
                throw new BadFileException(
                        file,
                        "asks to rename "
                                + Names.quote(temporary)
                                + " to "
                                + Names.quote(target)
                                + ", which peft4j never does",
                        REMEDY);
            }
            renames.put(target, directory.resolve(temporary));
        }
        return renames;
    }

    /** Returns whether a group may hold a file of this name. */
    static boolean isAllowedTarget(String name) {
        return Names.isPlainFileName(name) && !name.startsWith(".peft4j");
    }

    private static Path path(Path directory) {
        return directory.resolve(FILE_NAME);
    }
}
