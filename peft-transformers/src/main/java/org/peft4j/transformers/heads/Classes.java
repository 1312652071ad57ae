package org.peft4j.transformers.heads;

import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

/** Checks the numbers of classes: one out of range would end a CUDA process. */
final class Classes {

    private Classes() {}

    /**
     * Returns labels that are classes or ignored.
     *
     * @param classes how many there are
     */
    static long[] checked(long[] labels, int classes) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != TokenBatch.IGNORED && (labels[i] < 0 || labels[i] >= classes)) {
                throw new PeftException(
                        "label "
                                + i
                                + " of the batch is "
                                + labels[i]
                                + ", but this head has the classes 0 to "
                                + (classes - 1)
                                + ". Use these, or "
                                + TokenBatch.IGNORED
                                + " for none.");
            }
        }
        return labels;
    }
}
