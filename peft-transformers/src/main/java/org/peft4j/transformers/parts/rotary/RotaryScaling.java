package org.peft4j.transformers.parts.rotary;

/**
 * How rotary embeddings stretch beyond the length of pretraining: a {@code rope_type} and its
 * numbers.
 */
public sealed interface RotaryScaling
        permits RotaryScaling.Default,
                RotaryScaling.Linear,
                RotaryScaling.Dynamic,
                Llama3Scaling,
                YarnScaling,
                LongRopeScaling {

    /** The longest sequence of a scaling whose frequencies are the same for all. */
    int NEVER = Integer.MAX_VALUE;

    /**
     * Returns the frequency of every pair of dimensions.
     *
     * @param theta the base of the frequencies
     * @param dim the rotated dimensions of a head
     * @param length the length of the longest sequence of a batch
     * @return [dim / 2]
     */
    float[] frequencies(double theta, int dim, long length);

    /** Returns the factor on queries and keys. */
    default double attentionFactor() {
        return 1;
    }

    /** Returns the length up to which all sequences have the same frequencies. */
    default int constantUpTo() {
        return NEVER;
    }

    /**
     * Returns whether the frequencies change once, beyond {@link #constantUpTo}, and for earlier
     * positions too, so that keys that were kept from before are no longer right.
     */
    default boolean switches() {
        return false;
    }

    /** Positions count as they are. */
    record Default() implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, long length) {
            return Frequencies.of(theta, dim);
        }
    }

    /** Positions are divided by a factor (Chen et al. 2023). */
    record Linear(double factor) implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, long length) {
            float[] values = Frequencies.of(theta, dim);
            for (int i = 0; i < values.length; i++) {
                values[i] /= (float) factor;
            }
            return values;
        }
    }

    /**
     * The base grows with the sequence once that is longer than in pretraining ("dynamic NTK"). A
     * key that is kept stays as it was turned when it was the newest.
     *
     * @param factor how far
     * @param pretrained the positions of pretraining
     */
    record Dynamic(double factor, int pretrained) implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, long length) {
            double growth = factor * Math.max(length, pretrained) / pretrained - (factor - 1);
            return Frequencies.of(theta * Math.pow(growth, dim / (dim - 2.0)), dim);
        }

        @Override
        public int constantUpTo() {
            return pretrained;
        }
    }
}
