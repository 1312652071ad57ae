package org.peft4j.transformers.hub;

import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Draws a progress bar for each repository that is being downloaded. */
final class DownloadBar implements DownloadListener {

    private static final int WIDTH = 100;
    private static final long MEGABYTE = 1_000_000;

    private final Map<String, ProgressBar> bars = new ConcurrentHashMap<>();
    private final PrintStream out;

    DownloadBar(PrintStream out) {
        this.out = out;
    }

    @Override
    public void onStart(DownloadProgress progress) {
        ProgressBar bar =
                new ProgressBarBuilder()
                        .setTaskName(progress.repository())
                        .setInitialMax(progress.totalBytes())
                        .setUnit(" MB", MEGABYTE)
                        .showSpeed()
                        .setStyle(ProgressBarStyle.ASCII)
                        .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                        .build();
        close(bars.put(progress.repository(), bar));
        bar.stepTo(progress.bytes());
    }

    @Override
    public void onProgress(DownloadProgress progress) {
        @Nullable ProgressBar bar = bars.get(progress.repository());
        if (bar != null) {
            bar.stepTo(progress.bytes());
        }
    }

    @Override
    public void onEnd(DownloadProgress progress) {
        close(bars.remove(progress.repository()));
    }

    private static void close(@Nullable ProgressBar bar) {
        if (bar != null) {
            boolean interrupted = Thread.interrupted(); // closing waits, and would swallow it
            bar.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
