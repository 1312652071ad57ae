package org.peft4j.transformers.parts;

import java.util.Arrays;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Rotary position embeddings (Su et al. 2021): dimension pair i of a head turns by position ·
 * θ^(−2i / d), stretched as {@link RotaryScaling} says.
 */
public final class Rotary {

    private final int headDim;
    private final double theta;
    private final RotaryScaling scaling;
    private final Tensor frequencies;

    /**
     * Computes the frequencies.
     *
     * @param door where they go
     * @param headDim d, even
     */
    public Rotary(OperatorDoor door, int headDim, RotaryScaling.Settings settings) {
        this.headDim = headDim;
        this.theta = settings.theta();
        this.scaling = settings.scaling();
        float[] values = scaled(frequencies(theta), scaling);
        this.frequencies = door.weights().floats(values, values.length);
    }

    /**
     * The rotations of a pass.
     *
     * @param layout whose positions
     * @param like gives the dtype
     */
    public Ops.RotaryTable table(Ops ops, SequenceLayout layout, Tensor like) {
        long[] positions = layout.positions();
        boolean oneForAll = layout.mask() == null;
        Tensor turning =
                oneForAll
                        ? ops.longs(Arrays.copyOf(positions, layout.length()), 1, layout.length())
                        : ops.longs(positions, layout.rows(), layout.length());
        return ops.rotaryTable(turning, frequenciesFor(ops, positions), 1, like);
    }

    private Tensor frequenciesFor(Ops ops, long[] positions) {
        if (scaling instanceof RotaryScaling.Dynamic dynamic) {
            long longest = Arrays.stream(positions).max().orElse(0) + 1;
            if (longest > dynamic.pretrained()) {
                float[] values = frequencies(stretched(dynamic, longest));
                return ops.floats(values, values.length);
            }
        }
        return frequencies;
    }

    /** θ for a sequence that is longer than in pretraining. */
    private double stretched(RotaryScaling.Dynamic dynamic, long longest) {
        double growth = dynamic.factor() * longest / dynamic.pretrained() - (dynamic.factor() - 1);
        return theta * Math.pow(growth, headDim / (headDim - 2.0));
    }

    /** θ^(−2i / d), rounded to float32 where PyTorch rounds. */
    private float[] frequencies(double base) {
        float[] values = new float[headDim / 2];
        for (int i = 0; i < values.length; i++) {
            float exponent = 2f * i / headDim;
            values[i] = 1f / (float) Math.pow(base, exponent);
        }
        return values;
    }

    private static float[] scaled(float[] frequencies, RotaryScaling scaling) {
        float[] values = frequencies.clone();
        if (scaling instanceof RotaryScaling.Linear linear) {
            for (int i = 0; i < values.length; i++) {
                values[i] /= (float) linear.factor();
            }
        } else if (scaling instanceof RotaryScaling.Llama3 llama3) {
            for (int i = 0; i < values.length; i++) {
                values[i] = blended(values[i], llama3);
            }
        }
        return values;
    }

    private static float blended(float frequency, RotaryScaling.Llama3 llama3) {
        float factor = (float) llama3.factor();
        float wavelength = (float) (2 * Math.PI) / frequency;
        if (wavelength > llama3.pretrained() / llama3.low()) {
            return frequency / factor;
        }
        if (wavelength < llama3.pretrained() / llama3.high()) {
            return frequency;
        }
        float kept =
                (llama3.pretrained() / wavelength - (float) llama3.low())
                        / (float) (llama3.high() - llama3.low());
        return (1 - kept) * frequency / factor + kept * frequency;
    }
}
