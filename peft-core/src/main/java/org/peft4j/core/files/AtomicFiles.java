package org.peft4j.core.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.peft4j.core.BadFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file so that at every moment, through crashes and full disks, either the old content is
 * there or the new one: to a temporary file beside the target, synced, renamed.
 *
 * @see AtomicFileGroup
 */
public final class AtomicFiles {

    private static final Logger LOG = LoggerFactory.getLogger(AtomicFiles.class);
    private static final int MOST_ATTEMPTS = 1_000;

    private AtomicFiles() {}

    /**
     * Writes one file. Missing parent directories are made. Whatever the body throws that is not an
     * {@link IOException} comes through unchanged; in every case the old file stays as it was and
     * no temporary file remains.
     *
     * @param target the file, created or replaced
     * @param body the new content
     * @throws BadFileException if the file cannot be written, for example because the disk is full
     */
    public static void writeFile(Path target, FileBody body) {
        if (Files.isDirectory(target)) {
            throw new BadFileException(
                    target, "is a directory, not a file", "Give the path of a file inside it");
        }
        Path directory = parentOf(target);
        recover(directory); // An interrupted group would replace the new file later.
        try {
            Directories.create(directory);
            Path file = TemporaryFile.write(directory, body);
            try {
                TemporaryFile.move(file, target);
            } finally {
                Files.deleteIfExists(file);
            }
            Directories.sync(directory);
        } catch (IOException e) {
            throw Failures.writing(target, e, "the old file, if any, is unchanged");
        }
    }

    /**
     * Finishes or clears away what a crashed writer left in a directory: renames that an {@link
     * AtomicFileGroup} had begun are completed, temporary files are deleted once their writer is
     * gone or they are a day old. Waits for a writer that is putting its files in place right now.
     * Does nothing to a directory that needs nothing, or that does not exist.
     *
     * @param directory the directory, before it is read
     * @throws BadFileException if a group was left half in place and cannot be completed
     */
    public static void recover(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            if (CommitMarker.isIn(directory) || !Directories.abandonedFiles(directory).isEmpty()) {
                DirectoryLock.hold(directory, () -> recoverLocked(directory));
            }
        } catch (IOException e) {
            if (CommitMarker.isIn(directory)) {
                throw new BadFileException(
                        directory,
                        "was left half saved by a writer that stopped, and could not be completed: "
                                + e.getMessage(),
                        "Open it once where this process may write to it",
                        e);
            }
            LOG.debug("{}: left-over files were not cleared away", directory, e);
        }
    }

    /**
     * Reads several files of a directory as one consistent set: repeats the reading for as long as
     * an {@link AtomicFileGroup} replaces some of them meanwhile. Runs {@link #recover} first.
     *
     * @param directory the directory
     * @param names the files that are read
     * @param reading reads them; may run several times
     * @param <T> what comes of it
     * @return what the reading returned when nothing changed meanwhile
     * @throws BadFileException if the files never stand still, or whatever the reading throws
     */
    public static <T> T readTogether(Path directory, List<String> names, Supplier<T> reading) {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            recover(directory);
            List<Object> before = stamps(directory, names);
            try {
                T result = reading.get();
                if (isSettled(directory, names, before)) {
                    return result;
                }
            } catch (BadFileException e) {
                if (isSettled(directory, names, before)) {
                    throw e;
                }
            }
        }
        throw new BadFileException(
                directory, "is being saved over and over while it is read", "Open it later");
    }

    /** The order matters: a group that ends between the two questions shows in the second. */
    private static boolean isSettled(Path directory, List<String> names, List<Object> before) {
        return !CommitMarker.isIn(directory) && stamps(directory, names).equals(before);
    }

    private static List<Object> stamps(Path directory, List<String> names) {
        List<Object> stamps = new ArrayList<>();
        for (String name : names) {
            try {
                stamps.add(FileStamp.of(directory.resolve(name)));
            } catch (FileSystemException e) {
                stamps.add(e instanceof AccessDeniedException ? "not readable" : "not there");
            } catch (IOException e) {
                throw Failures.reading(directory.resolve(name), e);
            }
        }
        return stamps;
    }

    /** Needs the {@link DirectoryLock}: without it a marker could appear in between. */
    static void recoverLocked(Path directory) throws IOException {
        CommitMarker.finish(directory);
        for (Path file : Directories.abandonedFiles(directory)) {
            LOG.info("{}: deleting what a stopped writer left behind", file);
            Files.deleteIfExists(file);
        }
    }

    private static Path parentOf(Path target) {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null) {
            throw new BadFileException(target, "is not a file", "Give the path of a file");
        }
        return parent;
    }
}
