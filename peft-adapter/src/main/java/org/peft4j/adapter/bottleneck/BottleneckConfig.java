package org.peft4j.adapter.bottleneck;

import com.google.gson.JsonObject;
import java.util.List;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.NonLinearity;

/**
 * The settings of a bottleneck adapter (Houlsby et al. 2019), one for one those of AdapterHub's
 * {@code BnConfig}. Start from a published architecture: {@link #houlsby()}, {@link #pfeiffer()},
 * {@link #parallel()}, {@link #scaledParallel()}, {@link #compacter()} or {@link
 * #compacterPlusPlus()}.
 *
 * @param origin the base and the task
 * @param places where bottlenecks are put
 * @param reductionFactor by how much they are narrower than the residual stream
 * @param nonLinearity between down and up
 * @param norms which norms and sums they work with
 * @param isParallel whether they read the residual stream before the sublayer rather than its
 *     output
 * @param scaling the factor of what they add
 * @param useGating whether a trained gate, one number a row, decides how much of it is added
 * @param dropout the probability with which an element of their output is zeroed in training, from
 *     0 to below 1
 * @param initialization how a fresh one starts
 * @param hypercomplex Compacter's settings
 * @param usesHypercomplex {@code phm_layer}: whether down and up are Compacter's
 * @param modulesToSave modules that are trained as a whole
 */
public record BottleneckConfig(
        AdapterOrigin origin,
        Places places,
        ReductionFactor reductionFactor,
        NonLinearity nonLinearity,
        Norms norms,
        boolean isParallel,
        Scaling scaling,
        boolean useGating,
        double dropout,
        BottleneckInitialization initialization,
        Hypercomplex hypercomplex,
        boolean usesHypercomplex,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type}; AdapterHub's own files have none. */
    public static final String PEFT_TYPE = "BOTTLENECK";

    /** Checks what goes together. */
    public BottleneckConfig {
        modulesToSave = List.copyOf(modulesToSave);
        if (!(dropout >= 0 && dropout < 1)) {
            throw new PeftException("dropout must be from 0 to below 1 but is " + dropout + ".");
        }
        if (usesHypercomplex && initialization != BottleneckInitialization.BERT) {
            throw new PeftException(
                    "phm_layer has an initialisation of its own and needs init_weights = bert, not "
                            + initialization.configName()
                            + ".");
        }
        if (usesHypercomplex
                && hypercomplex.sharedWeight()
                && !reductionFactor.layers().isEmpty()) {
            throw new PeftException(
                    "shared_W_phm needs one reduction_factor for all layers, but it is "
                            + reductionFactor.toJson()
                            + ".");
        }
        if (modulesToSave.contains("")) {
            throw new PeftException("modules_to_save must not hold an empty name.");
        }
    }

    /**
     * Houlsby et al. 2019: behind attention and feed-forward; AdapterHub's {@code double_seq_bn}.
     */
    public static BottleneckConfigBuilder houlsby() {
        return new BottleneckConfigBuilder()
                .places(Places.ATTENTION_AND_FEED_FORWARD)
                .nonLinearity("swish")
                .norms(Norms.AFTER);
    }

    /** Pfeiffer et al. 2020: behind the feed-forward; AdapterHub's {@code seq_bn}. */
    public static BottleneckConfigBuilder pfeiffer() {
        return new BottleneckConfigBuilder();
    }

    /** He et al. 2022: beside the feed-forward; AdapterHub's {@code par_bn}. */
    public static BottleneckConfigBuilder parallel() {
        return new BottleneckConfigBuilder()
                .norms(Norms.AFTER)
                .reductionFactor(2)
                .isParallel(true)
                .scaling(4)
                .initialization(BottleneckInitialization.MAM_ADAPTER);
    }

    /** The same with a learned factor; AdapterHub's {@code scaled_par_bn}. */
    public static BottleneckConfigBuilder scaledParallel() {
        return parallel().scaling(Scaling.LEARNED);
    }

    /** Compacter (Karimi Mahabadi et al. 2021): behind attention and feed-forward. */
    public static BottleneckConfigBuilder compacter() {
        return houlsby().reductionFactor(32).nonLinearity("gelu").usesHypercomplex(true);
    }

    /** Compacter++ (Karimi Mahabadi et al. 2021): behind the feed-forward. */
    public static BottleneckConfigBuilder compacterPlusPlus() {
        return pfeiffer().reductionFactor(32).nonLinearity("gelu").usesHypercomplex(true);
    }

    /** Starts from these settings. */
    public BottleneckConfigBuilder toBuilder() {
        return new BottleneckConfigBuilder(this);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public JsonObject toJson() {
        return BottleneckConfigJson.write(this);
    }

    @Override
    public BottleneckConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public BottleneckConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }
}
