package org.peft4j.transformers.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one thread of one process at a time download a blob. Others wait and find it done.
 *
 * <p>Python's lock on the same file is of another kind on Linux (flock, not fcntl) and not seen
 * here. That costs a second download at worst: either side writes to a file of its own and renames
 * it when it is complete.
 */
final class BlobLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BlobLock.class);
    private static final int PAUSE_MILLIS = 50;

    /**
     * The files that this process has locked. The system's locks are between processes only, and a
     * process that closes a file loses its locks on it, so it must not even open it twice.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path file;
    private final FileChannel channel;
    private final boolean effective;

    private BlobLock(Path file, FileChannel channel, boolean effective) {
        this.file = file;
        this.channel = channel;
        this.effective = effective;
    }

    /**
     * Waits for the lock.
     *
     * @param file the lock file, made if it is missing; it stays
     * @throws InterruptedIOException if the thread is interrupted
     * @throws IOException if the file cannot be made
     */
    static BlobLock hold(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        Path key = file;
        if (parent != null) {
            Files.createDirectories(parent);
            key = parent.toRealPath().resolve(file.getFileName());
        }
        enter(key);
        @Nullable FileChannel channel = null;
        boolean held = false;
        try {
            channel = FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            BlobLock lock = new BlobLock(key, channel, waitFor(channel, key));
            held = true;
            return lock;
        } finally {
            if (!held) {
                if (channel != null) {
                    channel.close();
                }
                leave(key);
            }
        }
    }

    /** Returns whether the file system has locks at all. */
    boolean isEffective() {
        return effective;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            leave(file);
        }
    }

    private static boolean waitFor(FileChannel channel, Path file) throws IOException {
        for (int tries = 0; ; tries++) {
            @Nullable FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (IOException e) {
                LOG.debug("{}: no locks here", file, e);
                return false;
            }
            if (lock != null) {
                return true;
            }
            if (tries == 0) {
                LOG.info("{}: another process is downloading; waiting for it", file);
            }
            pause();
        }
    }

    private static void enter(Path file) throws IOException {
        synchronized (HELD) {
            while (!HELD.add(file)) {
                try {
                    HELD.wait();
                } catch (InterruptedException e) {
                    throw interrupted();
                }
            }
        }
    }

    private static void leave(Path file) {
        synchronized (HELD) {
            HELD.remove(file);
            HELD.notifyAll();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the thread was interrupted");
    }
}
