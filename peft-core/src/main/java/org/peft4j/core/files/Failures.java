package org.peft4j.core.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.peft4j.core.BadFileException;

/** Turns what the operating system says into what the user should know and do. */
public final class Failures {

    private static final String NO_SPACE = "no space left on device";

    private Failures() {}

    /**
     * Makes the error for a file or directory that could not be read; the caller throws it.
     *
     * @param file what was to be read
     * @param cause what the system said
     */
    public static BadFileException reading(Path file, IOException cause) {
        return new BadFileException(
                file, "could not be read: " + reason(cause), readRemedy(cause), cause);
    }

    /**
     * Makes the error for a file that could not be written; the caller throws it.
     *
     * @param file what was to be written
     * @param cause what the system said
     * @param kept what is still true about the old content, a clause such as "the old file is
     *     unchanged"
     */
    public static BadFileException writing(Path file, IOException cause, String kept) {
        return new BadFileException(
                file,
                "could not be written: " + reason(cause) + "; " + kept,
                writeRemedy(cause),
                cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof ClosedByInterruptException) {
            return "the thread was interrupted";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "there is a file where a directory must be";
        }
        String text = cause.getMessage();
        if (cause instanceof FileSystemException failure && failure.getReason() != null) {
            text = failure.getReason();
        }
        if (text == null || text.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        return isNoSpace(text) ? NO_SPACE : text;
    }

    private static String readRemedy(IOException cause) {
        return cause instanceof AccessDeniedException
                ? "Give this process the right to read it"
                : "Check the disk, or fetch the file again";
    }

    private static String writeRemedy(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "Give this process the right to write there, or save to another directory";
        }
        if (cause instanceof ClosedByInterruptException) {
            return "Save again";
        }
        String text = cause.getMessage();
        return text != null && isNoSpace(text)
                ? "Free space on this disk, or save to another one"
                : "Check the disk and save again, or save to another directory";
    }

    private static boolean isNoSpace(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains(NO_SPACE) || lower.contains("not enough space on the disk");
    }
}
