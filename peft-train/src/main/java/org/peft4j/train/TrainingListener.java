package org.peft4j.train;

import java.nio.file.Path;
import org.peft4j.train.metrics.Evaluation;

/** Is told what happens in a training, on its thread. What it throws ends the training. */
public interface TrainingListener {

    /** After every optimiser step. */
    default void onStep(StepMetrics metrics) {}

    /**
     * After every look at the evaluation data.
     *
     * @param step the last step taken
     */
    default void onEvaluation(long step, Evaluation evaluation) {}

    /**
     * After every checkpoint that is complete on disk.
     *
     * @param step the last step taken
     */
    default void onCheckpoint(long step, Path checkpoint) {}

    /** After the last step. */
    default void onEnd(TrainingReport report) {}
}
