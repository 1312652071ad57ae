package org.peft4j.adapter.bottleneck;

import java.util.Locale;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftException;

/**
 * The settings of Compacter (Karimi Mahabadi et al. 2021): W = Σᵢ Aᵢ ⊗ Bᵢ with n rules Aᵢ of [n, n]
 * and n weights Bᵢ of [in / n, out / n], of which rules may be shared by all layers and weights are
 * products of rank r.
 *
 * @param dimension {@code phm_dim}, n
 * @param factorizedWeight {@code factorized_phm_W}: whether Bᵢ is a product of two factors
 * @param sharedWeight {@code shared_W_phm}: whether all layers share B
 * @param sharedRule {@code shared_phm_rule}: whether all layers share A
 * @param factorizedRule {@code factorized_phm_rule}: whether Aᵢ is a product of a column and a row
 * @param ruleDraw {@code phm_c_init}: the distribution that rules are drawn from
 * @param range {@code phm_init_range}: the deviation of what is drawn from a normal one
 * @param weightDraw {@code hypercomplex_nonlinearity}: the distribution that weights are drawn from
 * @param rank {@code phm_rank}, r
 * @param bias {@code phm_bias}: whether the maps have biases
 */
public record Hypercomplex(
        int dimension,
        boolean factorizedWeight,
        boolean sharedWeight,
        boolean sharedRule,
        boolean factorizedRule,
        RuleDraw ruleDraw,
        double range,
        WeightDraw weightDraw,
        int rank,
        boolean bias) {

    /** The published settings: n = 4, r = 1, shared rules. */
    public static final Hypercomplex DEFAULT =
            new Hypercomplex(
                    4,
                    true,
                    false,
                    true,
                    false,
                    RuleDraw.NORMAL,
                    1e-4,
                    WeightDraw.GLOROT_UNIFORM,
                    1,
                    true);

    private static final double OWN_RULE = 0.01;

    /** Where rules are drawn from. */
    public enum RuleDraw {
        NORMAL,
        UNIFORM;

        String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where weights are drawn from; {@link #PHM} is another name of Glorot's normal distribution.
     */
    public enum WeightDraw {
        PHM,
        GLOROT_NORMAL,
        GLOROT_UNIFORM,
        NORMAL;

        String configName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Checks every value. */
    public Hypercomplex {
        if (dimension < 1) {
            throw new PeftException("phm_dim must be 1 or more but is " + dimension + ".");
        }
        if (rank < 1) {
            throw new PeftException("phm_rank must be 1 or more but is " + rank + ".");
        }
        if (!(range >= 0 && range < Double.POSITIVE_INFINITY)) {
            throw new PeftException("phm_init_range must be 0 or more but is " + range + ".");
        }
    }

    /** How a rule starts: shared rules as the config says, others near 0. */
    Initializer rule() {
        return switch (ruleDraw) {
            case NORMAL -> Initializer.normal(sharedRule ? range : OWN_RULE);
            case UNIFORM -> Initializer.uniform(sharedRule ? 1 : OWN_RULE);
        };
    }

    /** How weights [n, in, out] start. */
    Initializer weight() {
        return (values, shape, random) -> {
            double sides = (double) shape[1] + shape[2];
            Initializer drawn =
                    switch (weightDraw) {
                        case PHM, GLOROT_NORMAL -> Initializer.normal(Math.sqrt(2 / sides));
                        case GLOROT_UNIFORM -> Initializer.uniform(Math.sqrt(6 / sides));
                        case NORMAL -> Initializer.normal(range);
                    };
            drawn.fill(values, shape, random);
        };
    }
}
