package org.peft4j.train.metrics;

/**
 * The loss on a data set.
 *
 * @param loss the mean over all labels
 * @param labels how many there are
 */
public record Evaluation(double loss, long labels) {

    /** Returns e to the power of the loss: among how many tokens the model wavers. */
    public double perplexity() {
        return Math.exp(loss);
    }
}
