package org.peft4j.core;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Fills a fresh parameter. */
@FunctionalInterface
public interface Initializer {

    /**
     * Writes every element.
     *
     * @param values row by row
     * @param shape the parameter's shape
     * @param random the adapter's seeded source
     */
    void fill(float[] values, long[] shape, RandomGenerator random);

    /** The same value everywhere. */
    static Initializer constant(float value) {
        return (values, shape, random) -> Arrays.fill(values, value);
    }

    /** U(−bound, bound). */
    static Initializer uniform(double bound) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
        };
    }

    /** N(0, deviation²). */
    static Initializer normal(double deviation) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
            }
        };
    }

    /**
     * He et al. 2015 with a = √5 as {@code torch.nn.Linear} uses it: U(±1/√in) for a weight [out,
     * in].
     */
    static Initializer kaimingUniform() {
        return (values, shape, random) ->
                uniform(1 / Math.sqrt((double) shape[shape.length - 1]))
                        .fill(values, shape, random);
    }
}
