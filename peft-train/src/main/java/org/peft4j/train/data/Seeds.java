package org.peft4j.train.data;

/** Derives seeds from seeds, so that every random choice of a training follows from one number. */
public final class Seeds {

    private Seeds() {}

    /**
     * Returns a seed for one use of another; uses with other numbers get unrelated ones.
     *
     * @param seed the seed of the whole
     * @param path what it is for, such as the step and the batch within it
     */
    public static long of(long seed, long... path) {
        long state = mix(seed);
        for (long part : path) {
            state = mix(state ^ mix(part));
        }
        return state;
    }

    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L; // SplitMix64 (Steele et al. 2014)
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
