package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Compares numbers. */
final class Compare {

    private Compare() {}

    /** Fails unless every element is within an absolute tolerance. */
    static void close(String what, float[] expected, float[] actual, double limit) {
        double worst = largestDifference(what, expected, actual);
        assertTrue(worst <= limit, what + " is off by " + worst + ", more than " + limit);
    }

    /** Fails unless every element is within a tolerance relative to the largest expected one. */
    static void closeToLargest(String what, float[] expected, float[] actual, double limit) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        double worst = largestDifference(what, expected, actual) / Math.max(largest, 1e-30);
        assertTrue(
                worst <= limit,
                what + " is off by " + worst + " of its largest element, more than " + limit);
    }

    /** Fails unless every row of real positions of [rows, length, width] is within a tolerance. */
    static void closeWhere(
            String what, long[] mask, float[] expected, float[] actual, double limit) {
        assertEquals(expected.length, actual.length, what + ": number of elements");
        int width = expected.length / mask.length;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            if (mask[i / width] == 1) {
                worst = Math.max(worst, difference(what, i, expected[i], actual[i]));
            }
        }
        assertTrue(worst <= limit, what + " is off by " + worst + ", more than " + limit);
    }

    private static double largestDifference(String what, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, what + ": number of elements");
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, difference(what, i, expected[i], actual[i]));
        }
        return worst;
    }

    private static double difference(String what, int i, float expected, float actual) {
        assertTrue(Float.isFinite(actual), what + ": element " + i + " is " + actual);
        return Math.abs((double) expected - actual);
    }
}
