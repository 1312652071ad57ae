package org.peft4j.transformers.parts.rotary;

import java.util.Arrays;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.AttentionOps;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Rotary position embeddings (Su et al. 2021): dimension pair i of a head turns by position ·
 * θ^(−2i / d), stretched as {@link RotaryScaling} says.
 */
public final class Rotary {

    private final RotarySettings settings;
    private final Tensor frequencies;

    /**
     * Computes the frequencies.
     *
     * @param door where they go
     */
    public Rotary(OperatorDoor door, RotarySettings settings) {
        this.settings = settings;
        float[] values = frequencies(1);
        this.frequencies = door.weights().floats(values, values.length);
    }

    /** Returns how the frequencies change with the length. */
    public RotaryScaling scaling() {
        return settings.scaling();
    }

    /**
     * The rotations of a pass.
     *
     * @param layout of the tokens
     * @param positions theirs, [rows, length]
     * @param like gives the dtype
     */
    public AttentionOps.RotaryTable table(
            Ops ops, SequenceLayout layout, long[] positions, Tensor like) {
        boolean oneForAll = layout.mask() == null;
        Tensor turning =
                oneForAll
                        ? ops.longs(Arrays.copyOf(positions, layout.length()), 1, layout.length())
                        : ops.longs(positions, layout.rows(), layout.length());
        double factor = scaling().attentionFactor();
        return ops.attention().rotaryTable(turning, frequenciesFor(ops, positions), factor, like);
    }

    private Tensor frequenciesFor(Ops ops, long[] positions) {
        if (scaling().constantUpTo() < RotaryScaling.NEVER) {
            long length = Arrays.stream(positions).max().orElse(0) + 1;
            if (length > scaling().constantUpTo()) {
                float[] values = frequencies(length);
                return ops.floats(values, values.length);
            }
        }
        return frequencies;
    }

    private float[] frequencies(long length) {
        return scaling().frequencies(settings.theta(), settings.dim(), length);
    }
}
