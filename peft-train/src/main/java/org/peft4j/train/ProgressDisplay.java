package org.peft4j.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Draws a progress bar with loss, tokens a second and the time left. */
final class ProgressDisplay implements TrainingListener, AutoCloseable {

    private static final int WIDTH = 100;

    private final @Nullable ProgressBar bar;

    private ProgressDisplay(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    @SuppressWarnings("SystemConsoleNull") // from JDK 22 on AUTO also draws where output is piped
    static ProgressDisplay of(
            ProgressBarMode mode, long totalSteps, long stepsTaken, double secondsTaken) {
        boolean drawn =
                switch (mode) {
                    case ON -> true;
                    case OFF -> false;
                    case AUTO -> System.console() != null;
                };
        return drawn
                ? on(System.err, totalSteps, stepsTaken, secondsTaken)
                : new ProgressDisplay(null);
    }

    static ProgressDisplay on(
            PrintStream out, long totalSteps, long stepsTaken, double secondsTaken) {
        return new ProgressDisplay(
                new ProgressBarBuilder()
                        .setTaskName("training")
                        .setInitialMax(totalSteps)
                        .startsFrom(stepsTaken, Duration.ofMillis(Math.round(secondsTaken * 1e3)))
                        .setStyle(ProgressBarStyle.ASCII)
                        .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                        .build());
    }

    @Override
    public void onStep(StepMetrics metrics) {
        if (bar != null) {
            bar.setExtraMessage(
                    String.format(
                            Locale.ROOT,
                            " loss %.4f, %.0f tokens/s",
                            metrics.loss(),
                            metrics.tokensPerSecond()));
            bar.stepTo(metrics.step());
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            Uninterrupted.run(bar::close); // it waits, and would swallow an interruption
        }
    }
}
