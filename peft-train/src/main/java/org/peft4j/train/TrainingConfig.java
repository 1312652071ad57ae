package org.peft4j.train;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.peft4j.core.PeftException;
import org.peft4j.train.data.BatchOrder;
import org.peft4j.train.optim.AdamWOptions;
import org.peft4j.train.optim.Schedule;

/**
 * The settings of a training. Make one with {@link #builder}; it checks itself.
 *
 * @param epochs how often every example is shown, unless maxSteps says otherwise
 * @param maxSteps the number of optimiser steps; overrides epochs
 * @param batchSize examples in one forward pass
 * @param gradientAccumulation batches in one optimiser step
 * @param maxLength the most tokens of an example; longer ones are cut
 * @param learningRate the peak learning rate
 * @param optimizer the settings of AdamW
 * @param maxGradientNorm the global norm that gradients are clipped to; empty for no clipping
 * @param schedule the course of the learning rate
 * @param warmupSteps steps of warm-up; overrides warmupRatio
 * @param warmupRatio the share of all steps that is warm-up, rounded up
 * @param normalization what gradients are divided by
 * @param order the order of the examples
 * @param seed decides the order and every dropout mask
 * @param logEverySteps how often metrics are logged; 0 for never
 * @param evaluateEverySteps how often the evaluation data are looked at; 0 for only at the end
 * @param checkpointDirectory where checkpoints go; empty for none
 * @param checkpointEverySteps how often one is written; 0 for only at the end
 * @param keepCheckpoints how many are kept
 * @param progressBar when a progress bar is drawn
 */
public record TrainingConfig(
        int epochs,
        OptionalLong maxSteps,
        int batchSize,
        int gradientAccumulation,
        int maxLength,
        double learningRate,
        AdamWOptions optimizer,
        OptionalDouble maxGradientNorm,
        Schedule schedule,
        OptionalLong warmupSteps,
        double warmupRatio,
        LossNormalization normalization,
        BatchOrder order,
        long seed,
        int logEverySteps,
        int evaluateEverySteps,
        Optional<Path> checkpointDirectory,
        int checkpointEverySteps,
        int keepCheckpoints,
        ProgressBarMode progressBar) {

    /**
     * Checks every value.
     *
     * @throws PeftException if one is out of its range, or two contradict each other
     */
    public TrainingConfig {
        requireAtLeast(1, "epochs", epochs);
        maxSteps.ifPresent(steps -> requireAtLeast(1, "maxSteps", steps));
        requireAtLeast(1, "batchSize", batchSize);
        requireAtLeast(1, "gradientAccumulation", gradientAccumulation);
        requireAtLeast(1, "maxLength", maxLength);
        requireAtLeast(0, "logEverySteps", logEverySteps);
        requireAtLeast(0, "evaluateEverySteps", evaluateEverySteps);
        requireAtLeast(0, "checkpointEverySteps", checkpointEverySteps);
        requireAtLeast(1, "keepCheckpoints", keepCheckpoints);
        warmupSteps.ifPresent(steps -> requireAtLeast(0, "warmupSteps", steps));
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new PeftException("learningRate must be positive but is " + learningRate + ".");
        }
        if (maxGradientNorm.isPresent() && !(maxGradientNorm.getAsDouble() > 0)) {
            throw new PeftException(
                    "maxGradientNorm must be positive but is "
                            + maxGradientNorm.getAsDouble()
                            + ". Call withoutClipping() to train without it.");
        }
        if (!(warmupRatio >= 0 && warmupRatio < 1)) {
            throw new PeftException(
                    "warmupRatio must be at least 0 and less than 1 but is " + warmupRatio + ".");
        }
        if (schedule == Schedule.CONSTANT && (warmupRatio > 0 || warmupSteps.orElse(0) > 0)) {
            throw new PeftException(
                    "the schedule CONSTANT has no warm-up. Use CONSTANT_WITH_WARMUP, or remove the"
                            + " warm-up.");
        }
        if (checkpointEverySteps > 0 && checkpointDirectory.isEmpty()) {
            throw new PeftException(
                    "checkpointEverySteps is "
                            + checkpointEverySteps
                            + " but there is no checkpointDirectory. Name one.");
        }
    }

    private static void requireAtLeast(long least, String name, long value) {
        if (value < least) {
            throw new PeftException(name + " must be at least " + least + " but is " + value + ".");
        }
    }

    /** Starts with the defaults: see the methods of {@link TrainingConfigBuilder}. */
    public static TrainingConfigBuilder builder() {
        return new TrainingConfigBuilder();
    }

    /**
     * Returns the number of optimiser steps.
     *
     * @param stepsPerEpoch how many one epoch has
     */
    public long totalSteps(long stepsPerEpoch) {
        return maxSteps.orElse(Math.multiplyExact(epochs, stepsPerEpoch));
    }

    /**
     * Returns the steps of warm-up.
     *
     * @param totalSteps all steps
     */
    public long warmup(long totalSteps) {
        return warmupSteps.orElse((long) Math.ceil(warmupRatio * totalSteps));
    }

    /**
     * Returns the learning rate of a step.
     *
     * @param step from 1
     * @param totalSteps all steps
     */
    public double learningRate(long step, long totalSteps) {
        return learningRate * schedule.factor(step - 1, warmup(totalSteps), totalSteps);
    }
}
