package org.peft4j.core.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

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
        return list(directory).stream().filter(TemporaryFile::isAbandoned).toList();
    }

    /** Returns the files in a directory, hidden ones too, in no particular order. */
    static List<Path> list(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(files::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }
}
