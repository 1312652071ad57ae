package org.peft4j.core.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one writer at a time put files into place. The lock file stays in the directory, empty,
 * because removing it would let two writers lock two different files.
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
        IN_THIS_PROCESS.lock();
        try (FileChannel channel =
                FileChannel.open(
                        directory.resolve(FILE_NAME),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            waitFor(channel);
            action.run();
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }

    /** Closing the channel gives the lock back. */
    private static void waitFor(FileChannel channel) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
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
