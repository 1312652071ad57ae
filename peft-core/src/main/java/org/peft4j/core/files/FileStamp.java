package org.peft4j.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a path still leads to the same content as before: which file, how long, and when it
 * was changed last.
 */
record FileStamp(@Nullable Object identity, long size, FileTime modified) {

    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(
                attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }
}
