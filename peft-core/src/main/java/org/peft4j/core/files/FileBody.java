package org.peft4j.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** The bytes of a file or of a tensor, written when and where they are wanted. */
@FunctionalInterface
public interface FileBody {

    /**
     * Writes all bytes. A channel given by this package takes every buffer whole and ignores {@code
     * close()}. The body may be asked more than once.
     *
     * @param channel where to write
     * @throws IOException if the channel or the source of the bytes fails
     */
    void writeTo(WritableByteChannel channel) throws IOException;

    /**
     * Returns the body that consists of these bytes.
     *
     * @param bytes the content; copied
     */
    static FileBody of(byte[] bytes) {
        byte[] copy = bytes.clone();
        return channel -> channel.write(ByteBuffer.wrap(copy));
    }

    /**
     * Returns the body that consists of this text in UTF-8.
     *
     * @param text the content
     */
    static FileBody of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }
}
