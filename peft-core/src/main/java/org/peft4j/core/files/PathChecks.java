package org.peft4j.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.peft4j.core.BadFileException;

/** Checks that a path leads to what is about to be read, and lists what lies beside it. */
final class PathChecks {

    private PathChecks() {}

    static void requireFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new BadFileException(
                    file, "is a directory, not a file", "Give the path of the file inside it");
        }
        if (!Files.exists(file)) {
            throw missing(file, "Check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new BadFileException(
                    file, "is not a regular file", "Give the path of an ordinary file");
        }
    }

    static void requireDirectory(Path directory) {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (Files.exists(directory)) {
            throw new BadFileException(
                    directory, "is a file, not a directory", "Give the directory that contains it");
        }
        throw missing(directory, "Check the path");
    }

    /** Makes the error for a path that leads nowhere; names what was found near it. */
    static BadFileException missing(Path path, String remedy) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return new BadFileException(
                    path,
                    "is a symbolic link to a file that does not exist",
                    "Fetch the checkpoint again; its cache is incomplete");
        }
        Path parent = path.toAbsolutePath().normalize().getParent();
        String found = "";
        if (parent != null && Files.isDirectory(parent)) {
            found = Names.nearClause(Names.fileName(path), names(parent));
        } else if (parent != null) {
            found = ", nor does the directory " + Names.fileName(parent) + " that should hold it";
        }
        return new BadFileException(path, "does not exist" + found, remedy);
    }

    /** Returns the names in a directory, sorted, hidden ones left out. */
    static List<String> names(Path directory) {
        try {
            return Directories.list(directory).stream()
                    .map(Names::fileName)
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Failures.reading(directory, e);
        }
    }
}
