package org.peft4j.core.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one writer at a time put files into place. The lock file is there only meanwhile: its holder
 * removes it, and whoever then gets the lock of a file that is no longer in the directory takes the
 * one that is. A symbolic link in its place is not followed.
 */
final class DirectoryLock {

    /** What is done under the lock. */
    interface Action {
        void run() throws IOException;
    }

    static final String FILE_NAME = ".peft4j.lock";

    /**
     * Between threads. One lock for all directories, because it is held for a few renames only, and
     * because a process that closes a file loses its locks on it through other channels (POSIX).
     */
    private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PAUSE_MILLIS = 2;

    private DirectoryLock() {}

    static void hold(Path directory, Action action) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        IN_THIS_PROCESS.lock();
        try (FileChannel channel = locked(file)) {
            try {
                action.run();
            } finally {
                Files.deleteIfExists(file); // while it is locked, so that nobody else's is removed
            }
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }

    /** Opens and locks the file; closing the channel gives the lock back. */
    private static FileChannel locked(Path file) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            @Nullable Object before = key(file);
            @Nullable FileChannel channel = open(file, before == null);
            if (channel == null) {
                continue;
            }
            boolean right = false;
            try {
                @Nullable Object opened = key(file);
                waitFor(channel, deadline);
                right =
                        opened != null
                                && opened.equals(key(file))
                                && (before == null || opened.equals(before));
                if (right) {
                    return channel;
                }
            } finally {
                if (!right) {
                    channel.close();
                }
            }
        }
    }

    /** Returns null where another writer has made or removed the file meanwhile. */
    private static @Nullable FileChannel open(Path file, boolean isNew) throws IOException {
        if (Files.isSymbolicLink(file)) {
            throw new IOException(FILE_NAME + " is a symbolic link, which peft4j never makes");
        }
        try {
            return isNew
                    ? FileChannel.open(
                            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    : FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            @Nullable Path directory = file.toAbsolutePath().getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw e;
            }
            return null;
        }
    }

    /** What tells the file from another of its name, or null where there is none. */
    private static @Nullable Object key(Path file) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Object key = attributes.fileKey();
            return key == null ? attributes.creationTime() : key;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void waitFor(FileChannel channel, long deadline) throws IOException {
        @Nullable FileLock lock = channel.tryLock();
        while (lock == null) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "another process has held its lock for " + PATIENCE.toSeconds() + " s");
            }
            pause();
            lock = channel.tryLock();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the thread was interrupted");
        }
    }
}
