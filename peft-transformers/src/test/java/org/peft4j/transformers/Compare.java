package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;

/** Compares numbers of [rows, length, width] where a position is no padding. */
final class Compare {

    private Compare() {}

    /** Fails unless every element of a real position is within the tolerance. */
    static void close(
            String what, float[] expected, float[] actual, long @Nullable [] mask, double limit) {
        assertEquals(expected.length, actual.length, what + ": number of elements");
        int width = mask == null ? 1 : expected.length / mask.length;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            assertTrue(Float.isFinite(actual[i]), what + ": element " + i + " is " + actual[i]);
            if (mask == null || mask[i / width] == 1) {
                worst = Math.max(worst, Math.abs((double) expected[i] - actual[i]));
            }
        }
        assertTrue(worst <= limit, what + " is off by " + worst + ", more than " + limit);
    }
}
