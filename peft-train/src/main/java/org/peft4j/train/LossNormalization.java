package org.peft4j.train;

/** What the gradients of a step's batches are divided by. */
public enum LossNormalization {
    /**
     * The labels of the whole step: every label weighs the same, however the step is cut into
     * batches. What {@code transformers}' Trainer does since 4.46.
     */
    LABELS_OF_STEP,
    /**
     * Each batch by its own labels, then by the number of batches: the mean of means that a plain
     * PyTorch loop computes. A label in a batch with few of them weighs more.
     */
    MEAN_OF_BATCHES;

    /** Returns the factor on the summed loss of one batch. */
    double scale(long labelsOfBatch, long labelsOfStep, int batches) {
        return switch (this) {
            case LABELS_OF_STEP -> 1.0 / labelsOfStep;
            case MEAN_OF_BATCHES -> 1.0 / ((double) labelsOfBatch * batches);
        };
    }
}
