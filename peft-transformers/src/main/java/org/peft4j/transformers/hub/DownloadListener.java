package org.peft4j.transformers.hub;

/**
 * Hears of a download: start, progress and end, in this order, one call at a time for one download
 * but from several threads. Nothing is heard of a repository whose files are all in the cache.
 */
public interface DownloadListener {

    /** Called once before the first byte. */
    default void onStart(DownloadProgress progress) {}

    /** Called after every piece, some 16 KiB long; must return fast. */
    default void onProgress(DownloadProgress progress) {}

    /** Called once at the end, after a failure too. */
    default void onEnd(DownloadProgress progress) {}

    /** Returns a listener that does nothing. */
    static DownloadListener silent() {
        return new DownloadListener() {};
    }

    /** Returns a listener that draws a bar on standard error where the program has a terminal. */
    @SuppressWarnings("SystemConsoleNull") // from JDK 22 on it also draws where output is piped
    static DownloadListener progressBar() {
        return System.console() == null ? silent() : new DownloadBar(System.err);
    }
}
