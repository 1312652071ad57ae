package org.peft4j.core;

import java.util.Locale;

/**
 * How many parameters training changes.
 *
 * @param trainable elements of trainable adapters
 * @param all elements of the base and of every adapter
 */
public record TrainableReport(long trainable, long all) {

    /** Returns the trainable share in percent. */
    public double percent() {
        return 100.0 * trainable / all;
    }

    /** Returns the line that peft's {@code print_trainable_parameters} prints. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "trainable params: %,d || all params: %,d || trainable%%: %.4f",
                trainable,
                all,
                percent());
    }
}
