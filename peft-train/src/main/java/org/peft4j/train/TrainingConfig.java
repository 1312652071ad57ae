package org.peft4j.train;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
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

    /** Starts with the defaults: see the methods of {@link Builder}. */
    public static Builder builder() {
        return new Builder();
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

    /** Collects settings; everything has a default. */
    public static final class Builder {

        private int epochs = 1;
        private OptionalLong maxSteps = OptionalLong.empty();
        private int batchSize = 8;
        private int gradientAccumulation = 1;
        private int maxLength = Integer.MAX_VALUE;
        private double learningRate = 2e-4;
        private AdamWOptions optimizer = AdamWOptions.defaults();
        private OptionalDouble maxGradientNorm = OptionalDouble.of(1);
        private Schedule schedule = Schedule.LINEAR;
        private OptionalLong warmupSteps = OptionalLong.empty();
        private double warmupRatio;
        private LossNormalization normalization = LossNormalization.LABELS_OF_STEP;
        private BatchOrder order = BatchOrder.SHUFFLED;
        private long seed = 42;
        private int logEverySteps = 10;
        private int evaluateEverySteps;
        private @Nullable Path checkpointDirectory;
        private int checkpointEverySteps;
        private int keepCheckpoints = 2;
        private ProgressBarMode progressBar = ProgressBarMode.AUTO;

        private Builder() {}

        /** Sets how often every example is shown; 1 by default. */
        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        /** Sets the number of optimiser steps, whatever the number of epochs. */
        public Builder maxSteps(long value) {
            maxSteps = OptionalLong.of(value);
            return this;
        }

        /** Sets the examples in one forward pass; 8 by default. */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /** Sets the batches in one optimiser step; 1 by default. */
        public Builder gradientAccumulation(int value) {
            gradientAccumulation = value;
            return this;
        }

        /** Sets the most tokens of an example; no bound by default. */
        public Builder maxLength(int value) {
            maxLength = value;
            return this;
        }

        /** Sets the peak learning rate; 2e-4 by default. */
        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        /** Sets AdamW's betas, epsilon and weight decay; torch's by default. */
        public Builder optimizer(AdamWOptions value) {
            optimizer = value;
            return this;
        }

        /** Sets AdamW's weight decay alone; 0.01 by default. */
        public Builder weightDecay(double value) {
            optimizer =
                    new AdamWOptions(
                            optimizer.beta1(),
                            optimizer.beta2(),
                            optimizer.epsilon(),
                            value,
                            optimizer.withoutDecay());
            return this;
        }

        /** Sets the global norm that gradients are clipped to; 1 by default. */
        public Builder maxGradientNorm(double value) {
            maxGradientNorm = OptionalDouble.of(value);
            return this;
        }

        /** Leaves gradients as long as they are. */
        public Builder withoutClipping() {
            maxGradientNorm = OptionalDouble.empty();
            return this;
        }

        /** Sets the course of the learning rate; linear by default. */
        public Builder schedule(Schedule value) {
            schedule = value;
            return this;
        }

        /** Sets the steps of warm-up; 0 by default. */
        public Builder warmupSteps(long value) {
            warmupSteps = OptionalLong.of(value);
            return this;
        }

        /** Sets the share of all steps that is warm-up; 0 by default. */
        public Builder warmupRatio(double value) {
            warmupRatio = value;
            return this;
        }

        /** Sets what gradients are divided by; the labels of the whole step by default. */
        public Builder normalization(LossNormalization value) {
            normalization = value;
            return this;
        }

        /** Sets the order of the examples; shuffled by default. */
        public Builder order(BatchOrder value) {
            order = value;
            return this;
        }

        /** Sets what decides the order and every dropout mask; 42 by default. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Sets how often metrics are logged; every 10 steps by default, 0 for never. */
        public Builder logEverySteps(int value) {
            logEverySteps = value;
            return this;
        }

        /** Sets how often the evaluation data are looked at; only at the end by default. */
        public Builder evaluateEverySteps(int value) {
            evaluateEverySteps = value;
            return this;
        }

        /** Sets where checkpoints go; without it none is written. */
        public Builder checkpointDirectory(Path value) {
            checkpointDirectory = value;
            return this;
        }

        /** Sets how often a checkpoint is written; only at the end by default. */
        public Builder checkpointEverySteps(int value) {
            checkpointEverySteps = value;
            return this;
        }

        /** Sets how many checkpoints are kept; 2 by default. */
        public Builder keepCheckpoints(int value) {
            keepCheckpoints = value;
            return this;
        }

        /** Sets when a progress bar is drawn; where there is a console by default. */
        public Builder progressBar(ProgressBarMode value) {
            progressBar = value;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws PeftException if one is out of its range, or two contradict each other
         */
        public TrainingConfig build() {
            return new TrainingConfig(
                    epochs,
                    maxSteps,
                    batchSize,
                    gradientAccumulation,
                    maxLength,
                    learningRate,
                    optimizer,
                    maxGradientNorm,
                    schedule,
                    warmupSteps,
                    warmupRatio,
                    normalization,
                    order,
                    seed,
                    logEverySteps,
                    evaluateEverySteps,
                    Optional.ofNullable(checkpointDirectory),
                    checkpointEverySteps,
                    keepCheckpoints,
                    progressBar);
        }
    }
}
