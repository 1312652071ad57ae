package org.peft4j.transformers.hub;

import java.util.List;

/** Counts the bytes of one download and tells the listener, one call at a time. */
final class Transfer implements AutoCloseable {

    private final DownloadListener listener;
    private final String repository;
    private final List<String> files;
    private final long total;
    private long bytes;

    private Transfer(DownloadListener listener, String repository, List<String> files, long total) {
        this.listener = listener;
        this.repository = repository;
        this.files = files;
        this.total = total;
    }

    static Transfer start(
            DownloadListener listener, RepositoryName repository, List<RemoteFile> files) {
        Transfer transfer =
                new Transfer(
                        listener,
                        repository.name(),
                        files.stream().map(RemoteFile::name).toList(),
                        files.stream().mapToLong(file -> file.size().orElse(0)).sum());
        listener.onStart(transfer.progress());
        return transfer;
    }

    /** Counts bytes that have arrived; negative where they turned out to be of no use. */
    synchronized void moved(long count) {
        bytes += count;
        listener.onProgress(progress());
    }

    @Override
    public synchronized void close() {
        listener.onEnd(progress());
    }

    private DownloadProgress progress() {
        return new DownloadProgress(repository, files, bytes, total);
    }
}
