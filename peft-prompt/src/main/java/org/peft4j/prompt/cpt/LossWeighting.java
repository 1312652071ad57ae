package org.peft4j.prompt.cpt;

import org.peft4j.core.PeftException;

/**
 * What the labels in the context weigh in the loss, where those of the text weigh 1: against the
 * habit of language models to heed most what they read last (Blau et al. 2024).
 *
 * @param type how weights depend on the place, peft's {@code opt_weighted_loss_type}
 * @param decay γ, from 0 up, peft's {@code opt_loss_decay_factor}
 */
public record LossWeighting(Type type, double decay) {

    /** How weights depend on the place. */
    public enum Type {
        /** All weigh 1. */
        NONE,
        /** γ for the example nearest to the text, γ² for the one before it, and so on. */
        DECAY
    }

    /** Checks the factor. */
    public LossWeighting {
        if (!(decay >= 0) || Double.isInfinite(decay)) {
            throw new PeftException(
                    "opt_loss_decay_factor must be a number from 0 up but is " + decay + ".");
        }
    }

    /** All labels weigh 1. */
    public static LossWeighting none() {
        return new LossWeighting(Type.NONE, 1);
    }

    /**
     * The labels of the example that is the k-th from the text weigh γᵏ.
     *
     * @param factor γ, such as 0.95
     */
    public static LossWeighting decay(double factor) {
        return new LossWeighting(Type.DECAY, factor);
    }

    /** Returns the weight of the example that is the k-th from the text, from 1 up. */
    double of(int k) {
        return type == Type.DECAY ? Math.pow(decay, k) : 1;
    }
}
