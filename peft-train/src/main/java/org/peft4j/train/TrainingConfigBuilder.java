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

/** Collects the settings of a {@link TrainingConfig}; everything has a default. */
public final class TrainingConfigBuilder {

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

    TrainingConfigBuilder() {}

    /** Sets how often every example is shown; 1 by default. */
    public TrainingConfigBuilder epochs(int value) {
        epochs = value;
        return this;
    }

    /** Sets the number of optimiser steps, whatever the number of epochs. */
    public TrainingConfigBuilder maxSteps(long value) {
        maxSteps = OptionalLong.of(value);
        return this;
    }

    /** Sets the examples in one forward pass; 8 by default. */
    public TrainingConfigBuilder batchSize(int value) {
        batchSize = value;
        return this;
    }

    /** Sets the batches in one optimiser step; 1 by default. */
    public TrainingConfigBuilder gradientAccumulation(int value) {
        gradientAccumulation = value;
        return this;
    }

    /** Sets the most tokens of an example; no bound by default. */
    public TrainingConfigBuilder maxLength(int value) {
        maxLength = value;
        return this;
    }

    /** Sets the peak learning rate; 2e-4 by default. */
    public TrainingConfigBuilder learningRate(double value) {
        learningRate = value;
        return this;
    }

    /** Sets AdamW's betas, epsilon and weight decay; torch's by default. */
    public TrainingConfigBuilder optimizer(AdamWOptions value) {
        optimizer = value;
        return this;
    }

    /** Sets AdamW's weight decay alone; 0.01 by default. */
    public TrainingConfigBuilder weightDecay(double value) {
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
    public TrainingConfigBuilder maxGradientNorm(double value) {
        maxGradientNorm = OptionalDouble.of(value);
        return this;
    }

    /** Leaves gradients as long as they are. */
    public TrainingConfigBuilder withoutClipping() {
        maxGradientNorm = OptionalDouble.empty();
        return this;
    }

    /** Sets the course of the learning rate; linear by default. */
    public TrainingConfigBuilder schedule(Schedule value) {
        schedule = value;
        return this;
    }

    /** Sets the steps of warm-up; 0 by default. */
    public TrainingConfigBuilder warmupSteps(long value) {
        warmupSteps = OptionalLong.of(value);
        return this;
    }

    /** Sets the share of all steps that is warm-up; 0 by default. */
    public TrainingConfigBuilder warmupRatio(double value) {
        warmupRatio = value;
        return this;
    }

    /** Sets what gradients are divided by; the labels of the whole step by default. */
    public TrainingConfigBuilder normalization(LossNormalization value) {
        normalization = value;
        return this;
    }

    /** Sets the order of the examples; shuffled by default. */
    public TrainingConfigBuilder order(BatchOrder value) {
        order = value;
        return this;
    }

    /** Sets what decides the order and every dropout mask; 42 by default. */
    public TrainingConfigBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** Sets how often metrics are logged; every 10 steps by default, 0 for never. */
    public TrainingConfigBuilder logEverySteps(int value) {
        logEverySteps = value;
        return this;
    }

    /** Sets how often the evaluation data are looked at; only at the end by default. */
    public TrainingConfigBuilder evaluateEverySteps(int value) {
        evaluateEverySteps = value;
        return this;
    }

    /** Sets where checkpoints go; without it none is written. */
    public TrainingConfigBuilder checkpointDirectory(Path value) {
        checkpointDirectory = value;
        return this;
    }

    /** Sets how often a checkpoint is written; only at the end by default. */
    public TrainingConfigBuilder checkpointEverySteps(int value) {
        checkpointEverySteps = value;
        return this;
    }

    /** Sets how many checkpoints are kept; 2 by default. */
    public TrainingConfigBuilder keepCheckpoints(int value) {
        keepCheckpoints = value;
        return this;
    }

    /** Sets when a progress bar is drawn; where there is a console by default. */
    public TrainingConfigBuilder progressBar(ProgressBarMode value) {
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
