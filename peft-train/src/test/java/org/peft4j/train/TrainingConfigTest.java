package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.peft4j.core.PeftException;
import org.peft4j.train.optim.Schedule;

final class TrainingConfigTest {

    private static void refused(String message, Executable body) {
        assertEquals(message, assertThrows(PeftException.class, body).getMessage());
    }

    @Test
    void wrongValuesAreNamed() {
        refused(
                "epochs must be at least 1 but is 0.",
                () -> TrainingConfig.builder().epochs(0).build());
        refused(
                "maxSteps must be at least 1 but is -3.",
                () -> TrainingConfig.builder().maxSteps(-3).build());
        refused(
                "learningRate must be positive but is NaN.",
                () -> TrainingConfig.builder().learningRate(Double.NaN).build());
        refused(
                "maxGradientNorm must be positive but is 0.0. Call withoutClipping() to train"
                        + " without it.",
                () -> TrainingConfig.builder().maxGradientNorm(0).build());
        refused(
                "warmupRatio must be at least 0 and less than 1 but is 1.0.",
                () -> TrainingConfig.builder().warmupRatio(1).build());
        refused(
                "weightDecay must not be negative but is -1.0.",
                () -> TrainingConfig.builder().weightDecay(-1).build());
    }

    @Test
    void contradictionsAreNamed() {
        refused(
                "the schedule CONSTANT has no warm-up. Use CONSTANT_WITH_WARMUP, or remove the"
                        + " warm-up.",
                () -> TrainingConfig.builder().schedule(Schedule.CONSTANT).warmupSteps(5).build());
        refused(
                "checkpointEverySteps is 10 but there is no checkpointDirectory. Name one.",
                () -> TrainingConfig.builder().checkpointEverySteps(10).build());
    }

    @Test
    void stepsAndWarmup() {
        TrainingConfig byEpochs = TrainingConfig.builder().epochs(3).warmupRatio(0.1).build();
        assertEquals(33, byEpochs.totalSteps(11));
        assertEquals(4, byEpochs.warmup(33), "rounded up");
        TrainingConfig bySteps =
                TrainingConfig.builder()
                        .epochs(3)
                        .maxSteps(7)
                        .warmupRatio(0.5)
                        .warmupSteps(2)
                        .build();
        assertEquals(7, bySteps.totalSteps(11));
        assertEquals(2, bySteps.warmup(7));
        assertEquals(0, bySteps.learningRate(1, 7));
        assertEquals(1e-4, bySteps.learningRate(2, 7), 1e-18);
        assertEquals(2e-4, bySteps.learningRate(3, 7), 1e-18);
    }
}
