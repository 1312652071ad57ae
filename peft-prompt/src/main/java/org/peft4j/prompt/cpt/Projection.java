package org.peft4j.prompt.cpt;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.TrainingHook;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.core.ops.WeightOps;

/**
 * The projection of projected gradient descent: after a step each δᵢ goes back onto its ball, whose
 * radius is ε · √(width / 2048) with the ε of the token's kind.
 */
final class Projection implements TrainingHook {

    /** The width of embeddings that ε is given for. */
    private static final double WIDTH = 2048;

    /** The radius of what stays as it is. */
    private static final double FIXED = 1e-10;

    private final Tensor delta;
    private final float[] radii;
    private final WeightOps weights;
    private final UpdateOps updates;

    private Projection(Tensor delta, float[] radii, WeightOps weights, UpdateOps updates) {
        this.delta = delta;
        this.radii = radii;
        this.weights = weights;
        this.updates = updates;
    }

    static Projection of(CptConfig config, Tensor delta, AdapterBuilder builder) {
        CptContext context = config.context();
        double unit = Math.sqrt(config.virtualTokens().width() / WIDTH);
        float[] radii = new float[context.size()];
        for (int i = 0; i < radii.length; i++) {
            double radius =
                    switch (context.kind(i)) {
                        case INPUT -> config.epsilon() * unit;
                        case INPUT_TEMPLATE, OUTPUT_TEMPLATE -> config.formatEpsilon() * unit;
                        case SEPARATOR, LABEL -> FIXED;
                    };
            radii[i] = (float) radius;
        }
        return new Projection(delta, radii, builder.ops(), builder.updates());
    }

    @Override
    public void afterStep(long step, long totalSteps) {
        try (Tensor each = weights.floats(radii, radii.length)) {
            updates.projectRows(delta, each);
        }
    }
}
