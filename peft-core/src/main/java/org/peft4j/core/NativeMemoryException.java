package org.peft4j.core;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory outside Java's heap, or that of a device, was not enough. Nothing was lost: what was
 * there before can be used as before.
 */
public class NativeMemoryException extends PeftException {

    private static final long serialVersionUID = 1L;

    private final long bytes;

    /**
     * Creates the exception.
     *
     * @param message what was asked for, how much that is, and what to do
     * @param bytes how much was asked for; negative if that is not known
     * @param cause what the machine said
     */
    public NativeMemoryException(String message, long bytes, @Nullable Throwable cause) {
        super(message, cause);
        this.bytes = bytes;
    }

    /** Returns how many bytes were asked for, where that is known. */
    public OptionalLong requestedBytes() {
        return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
}
