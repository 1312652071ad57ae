package org.peft4j.core.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** What is done to directories. */
final class Directories {

    private Directories() {}

    /** Makes renames last through a power cut, on systems that let a directory be synced. */
    static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open a directory and needs no sync.
        }
    }

    /** Creates a directory and its parents; a symbolic link to a directory will do. */
    static void create(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
        }
    }

    static List<Path> abandonedFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(TemporaryFile::isAbandoned).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
