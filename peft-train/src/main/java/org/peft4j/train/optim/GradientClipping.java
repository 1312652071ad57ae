package org.peft4j.train.optim;

import java.util.List;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;

/**
 * Clipping by the global norm (Pascanu et al. 2013), as {@code torch.nn.utils.clip_grad_norm_} does
 * it.
 */
public final class GradientClipping {

    /** What keeps the factor finite where all gradients are 0; torch's value. */
    private static final double MARGIN = 1e-6;

    private GradientClipping() {}

    /**
     * Scales gradients down, in place, so that together they are no longer than {@code maxNorm}.
     *
     * @param ops the operators of the gradients' device
     * @param gradients all gradients that belong together
     * @param maxNorm the longest allowed norm; infinity only measures
     * @return the norm before clipping
     * @throws NonFiniteException if the norm is NaN or infinite; the gradients are unchanged then
     */
    public static double clip(UpdateOps ops, List<Tensor> gradients, double maxNorm) {
        double norm = ops.globalNorm(gradients);
        if (!Double.isFinite(norm)) {
            throw new NonFiniteException(
                    "the gradients' norm is "
                            + norm
                            + "; no parameter was changed by it. Lower the learning rate, lengthen"
                            + " the warm-up, or look for damaged rows in the data.");
        }
        double factor = maxNorm / (norm + MARGIN);
        if (factor < 1) {
            ops.scaleEach(gradients, factor);
        }
        return norm;
    }
}
