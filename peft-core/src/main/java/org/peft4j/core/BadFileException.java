package org.peft4j.core;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that is missing, damaged, hostile or simply not what it should be. */
public class BadFileException extends PeftException {

    private static final long serialVersionUID = 1L;

    private final transient Path file;

    /**
     * Creates the exception; the message reads "FILE: PROBLEM. REMEDY."
     *
     * @param file the file or directory
     * @param problem what is wrong with it, without a closing full stop
     * @param remedy what to do about it, without a closing full stop
     */
    public BadFileException(Path file, String problem, String remedy) {
        this(file, problem, remedy, null);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param file the file or directory
     * @param problem what is wrong with it, without a closing full stop
     * @param remedy what to do about it, without a closing full stop
     * @param cause what the machine said, or null
     */
    public BadFileException(Path file, String problem, String remedy, @Nullable Throwable cause) {
        super(file + ": " + problem + ". " + remedy + ".", cause);
        this.file = file;
    }

    /** Returns the file or directory at fault. */
    public Path file() {
        return file;
    }
}
