package org.peft4j.core;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the opening to the freeing of something native, which threads may use while another closes
 * it: it is freed once nobody is inside any more, and never earlier.
 *
 * <p>Whatever goes to native code {@linkplain #enter enters} before and {@linkplain #leave leaves}
 * after, on one thread. A thread counts once, however deep it is inside, so that a forward pass
 * costs one atomic operation at its beginning and one at its end, and no thread takes a lock.
 *
 * <p>Closing refuses all who come later with a {@link PeftException} and waits for those that are
 * inside. A thread that closes what it is inside of itself, as in a listener, waits for nobody: the
 * last one to leave frees then. So it is when the wait is interrupted or takes longer than a
 * minute. Closing twice, or on several threads at once, is harmless.
 */
public final class Lifetime {

    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final String name;
    private final String remedy;
    private final Lease lease;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch freed = new CountDownLatch(1);
    private final ThreadLocal<int[]> depth = ThreadLocal.withInitial(() -> new int[1]);

    /**
     * Begins.
     *
     * @param name what is closed later, as in "this base model"
     * @param remedy what to do about it, as a sentence
     * @param free gives it back; runs once
     */
    public Lifetime(String name, String remedy, Runnable free) {
        this.name = name;
        this.remedy = remedy;
        this.lease =
                new Lease(
                        () -> {
                            try {
                                free.run();
                            } finally {
                                freed.countDown();
                            }
                        });
    }

    /**
     * Keeps it from being freed until {@link #leave}, which must follow on the same thread.
     *
     * @throws PeftException if it is closed, and this thread was not inside before
     */
    public void enter() {
        int[] here = depth.get();
        if (here[0] == 0 && (closed.get() || !lease.tryAcquire())) {
            throw new PeftException(name + " is closed. " + remedy);
        }
        here[0]++;
    }

    /** Undoes one {@link #enter} of this thread. */
    public void leave() {
        if (--depth.get()[0] == 0) {
            lease.release();
        }
    }

    /**
     * Does work inside.
     *
     * @throws PeftException if it is closed
     */
    public <T> T during(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            leave();
        }
    }

    /** Returns whether it was closed, though some may still be inside. */
    public boolean isClosed() {
        return closed.get();
    }

    /** Refuses all who come later, and waits until it is freed; see the class. */
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lease.release();
        }
        if (depth.get()[0] == 0) {
            awaitFreed();
        }
    }

    private void awaitFreed() {
        try {
            if (!freed.await(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn(
                        "{} is still in use {} s after it was closed; it is freed when that ends",
                        name,
                        LONGEST_WAIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
