package org.peft4j.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.peft4j.train.data.Truncation;
import org.peft4j.train.metrics.Evaluation;

/**
 * What a training did. Where it was resumed, the steps before are included.
 *
 * @param steps how many steps were taken
 * @param totalSteps how many there were to take
 * @param losses the mean loss of each step
 * @param evaluations what the evaluation data gave, by the step it was measured after
 * @param tokens tokens trained on, without padding, every epoch counted
 * @param seconds the time it took
 * @param data what was done to make the examples fit
 * @param checkpoint the last checkpoint, if any was written
 */
public record TrainingReport(
        long steps,
        long totalSteps,
        List<Double> losses,
        SortedMap<Long, Evaluation> evaluations,
        long tokens,
        double seconds,
        Truncation data,
        Optional<Path> checkpoint) {

    /** Returns whether all steps were taken; false where the training was stopped. */
    public boolean isComplete() {
        return steps >= totalSteps;
    }

    /** Returns the mean loss of the last step; NaN where none was taken. */
    public double lastLoss() {
        return losses.isEmpty() ? Double.NaN : losses.get(losses.size() - 1);
    }
}
