package org.peft4j.transformers.hub;

import java.util.List;

/**
 * How far a download is.
 *
 * @param repository the repository, such as {@code Qwen/Qwen2.5-0.5B}
 * @param files the files that are downloaded, those that were in the cache left out
 * @param bytes the bytes that have arrived, those of an earlier, broken download included
 * @param totalBytes the bytes of all these files
 */
public record DownloadProgress(String repository, List<String> files, long bytes, long totalBytes) {

    /** Copies the list. */
    public DownloadProgress {
        files = List.copyOf(files);
    }
}
