package org.peft4j.train.metrics;

/**
 * How often a language model's likeliest token is the right one.
 *
 * @param rightTokens labels that were predicted, each given all tokens before it
 * @param tokens all labels
 * @param exactRows rows whose every label was predicted: for these, greedy generation from the
 *     prompt gives exactly the completion
 * @param rows all rows that have labels
 */
public record Accuracy(long rightTokens, long tokens, long exactRows, long rows) {

    /** Returns the share of right tokens. */
    public double tokenAccuracy() {
        return (double) rightTokens / tokens;
    }

    /** Returns the share of rows that are right as a whole. */
    public double exactMatch() {
        return (double) exactRows / rows;
    }
}
