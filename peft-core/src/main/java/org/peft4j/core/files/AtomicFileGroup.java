package org.peft4j.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.peft4j.core.BadFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of one directory that belong together and are replaced together.
 *
 * <p>All are written to temporary files and synced; then a marker that lists them is written; then
 * they are renamed; then the marker is removed. A crash before the marker leaves the old files, a
 * crash after it is completed by {@link AtomicFiles#recover}. Saves of the same directory by
 * several threads or processes do not mix: the last one wins as a whole. Files that are not named
 * stay as they are.
 */
public final class AtomicFileGroup {

    private static final Logger LOG = LoggerFactory.getLogger(AtomicFileGroup.class);

    private static final String UNCHANGED = "the old files, if any, are unchanged";
    private static final String TO_BE_FINISHED =
            "the new files are complete and are put in place when the directory is opened next";

    private final Path directory;
    private final Map<String, FileBody> bodies = new LinkedHashMap<>();

    /**
     * Begins an empty group; nothing is written before {@link #commit}.
     *
     * @param directory where the files go; made if it is missing
     */
    public AtomicFileGroup(Path directory) {
        this.directory = directory;
    }

    /**
     * Adds a file.
     *
     * @param name its name, without any directory
     * @param body its content
     * @return this
     * @throws IllegalArgumentException if the name is not a plain file name, is reserved for
     *     peft4j's own files ({@code .peft4j…}) or was added before
     */
    public AtomicFileGroup add(String name, FileBody body) {
        if (!CommitMarker.isAllowedTarget(name)) {
            throw new IllegalArgumentException(
                    "file name must be plain and not reserved but is " + Names.quote(name));
        }
        if (bodies.putIfAbsent(name, body) != null) {
            throw new IllegalArgumentException("file " + name + " must not be added twice");
        }
        return this;
    }

    /**
     * Writes all files and puts them in place. What a body throws that is not an {@link
     * IOException} comes through unchanged.
     *
     * @throws BadFileException if a file cannot be written; then all old files are as they were and
     *     no temporary file remains. Should the disk fail in the very last step, the message says
     *     so, and the new files are put in place when the directory is opened next.
     */
    public void commit() {
        if (bodies.isEmpty()) {
            return;
        }
        Save save = new Save();
        try {
            prepare(save);
            putInPlace(save);
        } finally {
            if (save.renamed == 0) {
                delete(save.written.values());
            }
        }
    }

    private void prepare(Save save) {
        try {
            Directories.create(directory);
            for (Map.Entry<String, FileBody> file : bodies.entrySet()) {
                save.current = directory.resolve(file.getKey());
                if (Files.isDirectory(save.current)) {
                    throw new BadFileException(
                            save.current,
                            "is a directory, not a file",
                            "Remove it, or save to another directory");
                }
                save.written.put(file.getKey(), TemporaryFile.write(directory, file.getValue()));
            }
        } catch (IOException e) {
            throw Failures.writing(save.current, e, UNCHANGED);
        }
    }

    private void putInPlace(Save save) {
        save.current = directory;
        try {
            DirectoryLock.hold(
                    directory,
                    () -> {
                        AtomicFiles.recoverLocked(directory);
                        CommitMarker.write(directory, save.written);
                        Directories.sync(directory);
                        rename(save);
                        Directories.sync(directory);
                        deleteMarker();
                    });
        } catch (IOException e) {
            throw Failures.writing(save.current, e, save.renamed == 0 ? UNCHANGED : TO_BE_FINISHED);
        }
    }

    /** Once a file is in place the marker stays, whatever happens, until all of them are. */
    private void rename(Save save) throws IOException {
        try {
            for (Map.Entry<String, Path> file : save.written.entrySet()) {
                save.current = directory.resolve(file.getKey());
                TemporaryFile.move(file.getValue(), save.current);
                save.renamed++;
            }
        } finally {
            if (save.renamed == 0) {
                CommitMarker.delete(directory);
            }
        }
    }

    /** The files are in place: a marker that stays asks for nothing any more. */
    private void deleteMarker() {
        try {
            CommitMarker.delete(directory);
        } catch (IOException e) {
            LOG.warn("{}: the commit marker could not be removed", directory, e);
        }
    }

    private static void delete(Collection<Path> files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("{}: a temporary file could not be removed", file, e);
            }
        }
    }

    /** How far a save has come. */
    private final class Save {
        private final Map<String, Path> written = new LinkedHashMap<>();
        private Path current = directory;
        private int renamed;
    }
}
