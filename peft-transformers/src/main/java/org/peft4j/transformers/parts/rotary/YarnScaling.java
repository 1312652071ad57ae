package org.peft4j.transformers.parts.rotary;

/**
 * YaRN (Peng et al. 2023): pairs that turn often in a pretrained sequence keep their frequency,
 * those that turn rarely are divided by a factor, and between them is a linear ramp.
 *
 * @param factor the divisor
 * @param fast pairs that turn this often and more are kept, β in the paper
 * @param slow pairs that turn this often and less are divided, α in the paper
 * @param truncated whether the ends of the ramp are whole pairs
 * @param attentionFactor the factor on queries and keys
 * @param pretrained the positions of pretraining
 */
public record YarnScaling(
        double factor,
        double fast,
        double slow,
        boolean truncated,
        double attentionFactor,
        int pretrained)
        implements RotaryScaling {

    /** The factor on queries and keys that the paper suggests. */
    public static double suggestedFactor(double factor, double multiplier) {
        return factor <= 1 ? 1 : 0.1 * multiplier * Math.log(factor) + 1;
    }

    @Override
    public float[] frequencies(double theta, int dim, long length) {
        double first = pairThatTurns(fast, theta, dim);
        double last = pairThatTurns(slow, theta, dim);
        if (truncated) {
            first = Math.floor(first);
            last = Math.ceil(last);
        }
        first = Math.max(first, 0);
        last = Math.min(last, dim - 1);
        if (first == last) {
            last += 0.001; // as transformers does, against a division by zero
        }
        float[] wavelengths = Frequencies.wavelengths(theta, dim);
        float[] values = new float[wavelengths.length];
        for (int i = 0; i < values.length; i++) {
            float divided = (float) Math.min(1, Math.max(0, (i - first) / (last - first)));
            float kept = 1 - divided;
            values[i] =
                    1f / ((float) factor * wavelengths[i]) * (1 - kept)
                            + 1f / wavelengths[i] * kept;
        }
        return values;
    }

    /** The pair, as a fraction, that turns so often within the positions of pretraining. */
    private double pairThatTurns(double often, double theta, int dim) {
        return dim * Math.log(pretrained / (often * 2 * Math.PI)) / (2 * Math.log(theta));
    }
}
