package org.peft4j.transformers.parts.rotary;

/**
 * Low frequencies are divided by a factor, high ones kept, those between blended (Llama 3.1).
 *
 * @param factor the divisor
 * @param low wavelengths above pretrained / low are divided
 * @param high wavelengths below pretrained / high are kept
 * @param pretrained the positions of pretraining
 */
public record Llama3Scaling(double factor, double low, double high, int pretrained)
        implements RotaryScaling {

    @Override
    public float[] frequencies(double theta, int dim, long length) {
        float[] values = Frequencies.of(theta, dim);
        for (int i = 0; i < values.length; i++) {
            values[i] = blended(values[i]);
        }
        return values;
    }

    private float blended(float frequency) {
        float divisor = (float) factor;
        float wavelength = (float) (2 * Math.PI) / frequency;
        if (wavelength > pretrained / low) {
            return frequency / divisor;
        }
        if (wavelength < pretrained / high) {
            return frequency;
        }
        float kept = (pretrained / wavelength - (float) low) / (float) (high - low);
        return (1 - kept) * frequency / divisor + kept * frequency;
    }
}
