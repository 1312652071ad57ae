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
        double worst = distance(what, expected, actual, mask);
        assertTrue(worst <= limit, what + " is off by " + worst + ", more than " + limit);
    }

    /** Returns the largest difference at a real position; fails where something is not finite. */
    static double distance(String what, float[] expected, float[] actual, long @Nullable [] mask) {
        assertEquals(expected.length, actual.length, what + ": number of elements");
        int width = mask == null ? 1 : expected.length / mask.length;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            assertTrue(Float.isFinite(actual[i]), what + ": element " + i + " is " + actual[i]);
            if (mask == null || mask[i / width] == 1) {
                worst = Math.max(worst, Math.abs((double) expected[i] - actual[i]));
            }
        }
        return worst;
    }

    /** Returns the root of the mean squared difference over real positions. */
    static double rootMeanSquare(float[] expected, float[] actual, long[] mask) {
        int width = expected.length / mask.length;
        double sum = 0;
        int count = 0;
        for (int i = 0; i < expected.length; i++) {
            if (mask[i / width] == 1) {
                sum += Math.pow((double) expected[i] - actual[i], 2);
                count++;
            }
        }
        return Math.sqrt(sum / count);
    }
}
