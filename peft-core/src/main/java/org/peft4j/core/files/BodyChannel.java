package org.peft4j.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * What a {@link FileBody} writes to: counts, takes every buffer whole, and survives {@code
 * close()}.
 */
final class BodyChannel implements WritableByteChannel {

    /** Bounds the copies that the JDK makes of heap buffers. */
    private static final int CHUNK = 8 << 20;

    private final WritableByteChannel target;
    private final long limit;
    private long written;

    /**
     * @param target where the bytes go
     * @param limit the most bytes that may be written
     */
    BodyChannel(WritableByteChannel target, long limit) {
        this.target = target;
        this.limit = limit;
    }

    long written() {
        return written;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (count > limit - written) {
            throw new IllegalStateException(
                    "more than the promised " + limit + " bytes were written");
        }
        int end = bytes.limit();
        try {
            while (bytes.position() < end) {
                bytes.limit(bytes.position() + Math.min(CHUNK, end - bytes.position()));
                written += target.write(bytes);
            }
        } finally {
            bytes.limit(end);
        }
        return count;
    }

    @Override
    public boolean isOpen() {
        return target.isOpen();
    }

    @Override
    public void close() {
        // The file is closed by who opened it, after the sync.
    }
}
