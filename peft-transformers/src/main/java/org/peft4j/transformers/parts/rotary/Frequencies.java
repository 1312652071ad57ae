package org.peft4j.transformers.parts.rotary;

/** The frequencies of unscaled rotary embeddings, rounded to float32 where PyTorch rounds. */
final class Frequencies {

    private Frequencies() {}

    /**
     * θ^(−2i / d) for every pair i of dimensions.
     *
     * @param theta θ
     * @param dim d, the rotated dimensions of a head
     */
    static float[] of(double theta, int dim) {
        float[] values = wavelengths(theta, dim);
        for (int i = 0; i < values.length; i++) {
            values[i] = 1f / values[i];
        }
        return values;
    }

    /** θ^(2i / d), the inverse. */
    static float[] wavelengths(double theta, int dim) {
        float[] values = new float[(dim + 1) / 2];
        for (int i = 0; i < values.length; i++) {
            float exponent = 2f * i / dim;
            values[i] = (float) Math.pow(theta, exponent);
        }
        return values;
    }
}
