package org.peft4j.core;

/**
 * The loss of a batch.
 *
 * @param sum summed over the counted positions
 * @param count the counted positions
 */
public record StepLoss(double sum, long count) {

    /** Returns the mean over the counted positions; NaN where there is none. */
    public double mean() {
        return sum / count;
    }
}
