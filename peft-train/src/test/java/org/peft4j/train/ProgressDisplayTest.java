package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProgressDisplayTest {

    private static final StepMetrics METRICS =
            new StepMetrics(
                    3,
                    10,
                    0.75,
                    1.23456,
                    1e-3,
                    0.5,
                    900,
                    321.4,
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(3671));

    @Test
    void showsLossAndSpeed() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (ProgressDisplay display = ProgressDisplay.on(stream, 10, 2, 1.5)) {
            display.onStep(METRICS);
        }
        String drawn = out.toString(StandardCharsets.UTF_8);
        assertTrue(drawn.contains("3/10"), drawn);
        assertTrue(drawn.contains("loss 1.2346, 321 tokens/s"), drawn);
    }

    @Test
    void offDrawsNothing() {
        try (ProgressDisplay display = ProgressDisplay.of(ProgressBarMode.OFF, 10, 0, 0)) {
            display.onStep(METRICS);
        }
    }

    @Test
    void metricsReadAsOneLine() {
        assertEquals(
                "step 3/10, epoch 0.75, loss 1.2346, learning rate 0.00100, gradient norm 0.500,"
                        + " 321 tokens/s, 1:01:11 left",
                METRICS.toString());
    }
}
