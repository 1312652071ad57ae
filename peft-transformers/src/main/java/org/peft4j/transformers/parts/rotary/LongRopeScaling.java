package org.peft4j.transformers.parts.rotary;

import java.util.List;

/**
 * LongRoPE (Ding et al. 2024): every pair has a divisor of its own, and another one in sequences
 * that are longer than in pretraining.
 *
 * @param shortFactors the divisors within the positions of pretraining
 * @param longFactors those beyond
 * @param attentionFactor the factor on queries and keys
 * @param pretrained the positions of pretraining
 */
public record LongRopeScaling(
        List<Double> shortFactors, List<Double> longFactors, double attentionFactor, int pretrained)
        implements RotaryScaling {

    /** Copies the lists. */
    public LongRopeScaling {
        shortFactors = List.copyOf(shortFactors);
        longFactors = List.copyOf(longFactors);
    }

    /**
     * The factor on queries and keys that the paper suggests.
     *
     * @param factor how many times longer than in pretraining sequences can be
     */
    public static double suggestedFactor(double factor, int pretrained) {
        return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(pretrained));
    }

    @Override
    public float[] frequencies(double theta, int dim, long length) {
        List<Double> factors = length > pretrained ? longFactors : shortFactors;
        float[] values = Frequencies.wavelengths(theta, dim);
        for (int i = 0; i < values.length; i++) {
            values[i] = 1f / (factors.get(i).floatValue() * values[i]);
        }
        return values;
    }

    @Override
    public int constantUpTo() {
        return pretrained;
    }

    @Override
    public boolean switches() {
        return true;
    }
}
