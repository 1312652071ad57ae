package org.peft4j.transformers.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer that breaks off when nothing, or next to nothing, arrives for too long. The
 * HTTP client's own timeout ends with the headers, or else counts the whole body, depending on the
 * Java version.
 */
final class TimedStream extends FilterInputStream {

    /** Of a body that takes several times the silence: less is no download but a trickle. */
    private static final long LEAST_BYTES = 1 << 18;

    private static final int WINDOW = 4;

    private final Duration silence;
    private final Cancellation cancellation;
    private volatile long lastSign = System.nanoTime();
    private long windowStart = lastSign;
    private long windowBytes;
    private volatile boolean closed;
    private volatile boolean silent;

    TimedStream(InputStream body, Duration silence, Cancellation cancellation) {
        super(body);
        this.silence = silence;
        this.cancellation = cancellation;
        cancellation.add(this);
        watch(silence.toNanos());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        lastSign = System.nanoTime(); // the time that the reader took is not the server's
        try {
            int count = super.read(buffer, offset, length);
            lastSign = System.nanoTime();
            cancellation.check();
            requireProgress(count);
            return count;
        } catch (IOException e) {
            cancellation.check();
            if (silent) {
                throw new HttpTimeoutException("nothing arrived for " + silence.toMillis() + " ms");
            }
            throw e;
        }
    }

    /** The end of a body may come as slowly as it wants. */
    private void requireProgress(int count) throws SlowException {
        windowBytes += Math.max(0, count);
        long nanos = lastSign - windowStart;
        if (count < 0 || windowBytes >= LEAST_BYTES) {
            windowStart = lastSign;
            windowBytes = 0;
        } else if (nanos > WINDOW * silence.toNanos()) {
            throw new SlowException(
                    "only " + windowBytes + " bytes arrived in " + nanos / 1_000_000 + " ms");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        cancellation.remove(this);
        super.close();
    }

    private void watch(long nanos) {
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(this::check);
    }

    private void check() {
        if (closed) {
            return;
        }
        long left = silence.toNanos() - (System.nanoTime() - lastSign);
        if (left > 0) {
            watch(left);
            return;
        }
        silent = true;
        try {
            close(); // wakes the reader
        } catch (IOException e) {
            // The reader hears of it.
        }
    }
}
