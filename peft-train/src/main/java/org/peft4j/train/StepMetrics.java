package org.peft4j.train;

import java.time.Duration;
import java.util.Locale;

/**
 * What is known after an optimiser step.
 *
 * @param step its number, from 1
 * @param totalSteps all steps of the training
 * @param epoch how many epochs are done, in fractions
 * @param loss the mean loss over the step, before its update
 * @param learningRate what it was taken with
 * @param gradientNorm the global norm before clipping; where several adapters are trained at once,
 *     the largest of theirs
 * @param tokens all tokens so far, without padding
 * @param tokensPerSecond of the last steps
 * @param elapsed since the training began, the time before it was resumed included
 * @param remaining the estimated time left
 */
public record StepMetrics(
        long step,
        long totalSteps,
        double epoch,
        double loss,
        double learningRate,
        double gradientNorm,
        long tokens,
        double tokensPerSecond,
        Duration elapsed,
        Duration remaining) {

    /** Returns one line for a log. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "step %d/%d, epoch %.2f, loss %.4f, learning rate %.3g, gradient norm %.3g,"
                        + " %.0f tokens/s, %s left",
                step,
                totalSteps,
                epoch,
                loss,
                learningRate,
                gradientNorm,
                tokensPerSecond,
                clock(remaining));
    }

    private static String clock(Duration time) {
        return String.format(
                "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
