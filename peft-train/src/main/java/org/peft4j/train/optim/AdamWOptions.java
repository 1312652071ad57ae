package org.peft4j.train.optim;

import java.util.List;
import org.peft4j.core.PeftException;

/**
 * What {@link AdamW} needs besides the learning rate.
 *
 * @param beta1 the decay of the first moment, in [0, 1)
 * @param beta2 the decay of the second moment, in [0, 1)
 * @param epsilon what is added to the root of the second moment, ≥ 0
 * @param weightDecay the decoupled decay λ, ≥ 0
 * @param withoutDecay endings of the names of parameters that do not decay, such as {@code .bias};
 *     empty as in torch, where all parameters of a group decay
 */
public record AdamWOptions(
        double beta1, double beta2, double epsilon, double weightDecay, List<String> withoutDecay) {

    /** Checks the ranges. */
    public AdamWOptions {
        withoutDecay = List.copyOf(withoutDecay);
        requireUnit("beta1", beta1);
        requireUnit("beta2", beta2);
        requireNotNegative("epsilon", epsilon);
        requireNotNegative("weightDecay", weightDecay);
    }

    /**
     * Returns the defaults of {@code torch.optim.AdamW}: 0.9, 0.999, 1e-8, decay 0.01 everywhere.
     */
    public static AdamWOptions defaults() {
        return new AdamWOptions(0.9, 0.999, 1e-8, 0.01, List.of());
    }

    /** Returns the decay of a parameter. */
    double decayOf(String name) {
        return withoutDecay.stream().anyMatch(name::endsWith) ? 0 : weightDecay;
    }

    private static void requireUnit(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new PeftException(
                    name + " must be at least 0 and less than 1 but is " + value + ".");
        }
    }

    private static void requireNotNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new PeftException(name + " must not be negative but is " + value + ".");
        }
    }
}
