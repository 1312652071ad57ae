package org.peft4j.train.optim;

/** The course of the learning rate, as {@code get_scheduler} of {@code transformers} defines it. */
public enum Schedule {
    /** 1 throughout; there is no warm-up. */
    CONSTANT,
    /** Up from 0 to 1 during the warm-up, then 1. */
    CONSTANT_WITH_WARMUP,
    /** Up from 0 to 1 during the warm-up, then straight down to 0. */
    LINEAR,
    /** Up from 0 to 1 during the warm-up, then down to 0 along half a cosine. */
    COSINE;

    /**
     * Returns the factor on the learning rate.
     *
     * @param taken the steps taken before this one, from 0
     * @param warmupSteps the length of the warm-up
     * @param totalSteps the steps of the whole training, the warm-up included
     */
    public double factor(long taken, long warmupSteps, long totalSteps) {
        if (this == CONSTANT) {
            return 1;
        }
        if (taken < warmupSteps) {
            return taken / (double) Math.max(1, warmupSteps);
        }
        double rest = Math.max(1, totalSteps - warmupSteps);
        return switch (this) {
            case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
            case LINEAR -> Math.max(0, (totalSteps - taken) / rest);
            case COSINE ->
                    Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((taken - warmupSteps) / rest))));
        };
    }
}
