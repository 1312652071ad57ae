package org.peft4j.core.files;

import java.nio.file.Path;
import org.peft4j.core.BadFileException;

/** A file that was replaced or changed between its opening and its reading. */
public final class ChangedFileException extends BadFileException {

    private static final long serialVersionUID = 1L;

    ChangedFileException(Path file) {
        super(file, "was replaced or changed after it was opened", "Open it again");
    }
}
