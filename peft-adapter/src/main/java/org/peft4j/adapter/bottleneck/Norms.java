package org.peft4j.adapter.bottleneck;

/**
 * Which norms and sums a bottleneck works with. The layer's own sum and norm are those of the
 * frozen base; a layer that normalises what it reads has a sum only.
 *
 * @param originalBefore {@code original_ln_before}: whether the layer's own sum and norm come
 *     before the bottleneck
 * @param originalAfter {@code original_ln_after}: whether they come behind it
 * @param before {@code ln_before}: whether a trained layer norm comes before the bottleneck
 * @param after {@code ln_after}: whether a trained layer norm comes behind it
 * @param residual {@code residual_before_ln}: where the residual connection around it begins
 * @param residualBeforeNorm {@code adapter_residual_before_ln}: whether that connection ends before
 *     the norm of {@code after}
 */
public record Norms(
        boolean originalBefore,
        boolean originalAfter,
        boolean before,
        boolean after,
        Residual residual,
        boolean residualBeforeNorm) {

    /** The layer's own sum and norm behind the bottleneck (Houlsby et al. 2019). */
    public static final Norms AFTER = new Norms(false, true, false, false, Residual.OUTPUT, false);

    /** The layer's own sum and norm before the bottleneck and behind it (Pfeiffer et al. 2020). */
    public static final Norms AROUND = new Norms(true, true, false, false, Residual.OUTPUT, false);

    /** Returns the same with trained norms. */
    public Norms withTrained(boolean trainedBefore, boolean trainedAfter) {
        return new Norms(
                originalBefore,
                originalAfter,
                trainedBefore,
                trainedAfter,
                residual,
                residualBeforeNorm);
    }
}
