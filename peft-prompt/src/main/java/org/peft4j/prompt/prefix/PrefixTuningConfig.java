package org.peft4j.prompt.prefix;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.VirtualTokens;

/**
 * The settings of a prefix, as peft's {@code PrefixTuningConfig}. Sizes that are null follow from
 * the base.
 *
 * @param origin where the adapter comes from
 * @param virtualTokens the length of the prefix, and its sizes. The width of a token is here that
 *     of a layer's keys, and the heads are the key-value heads. With two submodules, which
 *     encoder-decoders that write text have, the decoder's layer i has the prefix numbered 2 i
 *     modulo the layers, as in peft
 * @param encoderHiddenSize the width inside the encoder; null for that of a layer's keys
 * @param prefixProjection whether an encoder makes the prefix in training
 * @param initWeights {@code zero} for a prefix of zeros at first; null for random ones, N(0, 1)
 * @param crossAttention whether attention to an encoder has a prefix of its own. Python's peft does
 *     not know this setting, so that the key is written only where it is set
 * @param modulesToSave modules that are trained and saved as a whole
 */
public record PrefixTuningConfig(
        AdapterOrigin origin,
        VirtualTokens virtualTokens,
        @Nullable Integer encoderHiddenSize,
        boolean prefixProjection,
        @Nullable String initWeights,
        boolean crossAttention,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The method's name in {@code adapter_config.json}. */
    public static final String PEFT_TYPE = "PREFIX_TUNING";

    private static final String ZERO = "zero";

    /** Checks the settings. */
    public PrefixTuningConfig {
        modulesToSave = List.copyOf(modulesToSave);
        if (encoderHiddenSize != null && encoderHiddenSize < 1) {
            throw new PeftException(
                    "encoder_hidden_size must be 1 or more but is " + encoderHiddenSize + ".");
        }
        if (initWeights != null && !initWeights.equals(ZERO)) {
            throw new PeftException(
                    "init_weights must be null or \"zero\", but is \"" + initWeights + "\".");
        }
    }

    /** Starts with peft's defaults. */
    public static PrefixTuningConfigBuilder builder() {
        return new PrefixTuningConfigBuilder();
    }

    /**
     * P-tuning v2 (Liu et al. 2022): prompts in every layer of an encoder that classifies texts or
     * tags tokens, without an encoder of the prompts. The head is trained beside them.
     *
     * @param tokens the length; the paper takes up to 20 for simple classification and around 100
     *     for tagging
     */
    public static PrefixTuningConfig pTuningV2(int tokens) {
        return builder().virtualTokens(tokens).build();
    }

    /** Returns a builder with these settings. */
    public PrefixTuningConfigBuilder toBuilder() {
        return new PrefixTuningConfigBuilder(this);
    }

    /**
     * Settles what is open.
     *
     * @param settledOrigin with a task
     * @param tokens with all sizes
     */
    PrefixTuningConfig settled(AdapterOrigin settledOrigin, VirtualTokens tokens) {
        return new PrefixTuningConfig(
                settledOrigin,
                tokens,
                encoderHiddenSize == null ? tokens.tokenDim() : encoderHiddenSize,
                prefixProjection,
                initWeights,
                crossAttention,
                modulesToSave);
    }

    boolean startsAtZero() {
        return initWeights != null;
    }

    /** The layers that have prefixes, once they are settled. */
    int layers() {
        return Objects.requireNonNull(virtualTokens.layers());
    }

    /** The prefixes that peft hands to a layer, once they are settled. */
    int submodules() {
        return Objects.requireNonNull(virtualTokens.submodules());
    }

    /** The width inside the encoder, once it is settled. */
    int hidden() {
        return Objects.requireNonNull(encoderHiddenSize);
    }

    /** The columns of the prefix's matrix: keys and values of every layer. */
    long columns() {
        return Math.multiplyExact(2L * layers(), virtualTokens.width());
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public JsonObject toJson() {
        return PrefixTuningConfigJson.write(this);
    }

    @Override
    public PrefixTuningConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public PrefixTuningConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }
}
