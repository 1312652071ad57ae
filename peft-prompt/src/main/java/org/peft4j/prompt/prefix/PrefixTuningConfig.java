package org.peft4j.prompt.prefix;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;

/**
 * The settings of a prefix, as peft's {@code PrefixTuningConfig}. Sizes that are null follow from
 * the base.
 *
 * @param origin where the adapter comes from
 * @param numVirtualTokens the length of the prefix
 * @param tokenDim the width of a layer's keys: key-value heads times the width of a head
 * @param numTransformerSubmodules 2 for encoder-decoders, whose decoder's layer i then has the
 *     prefix numbered 2 i modulo the layers, as in peft; 1 for all others
 * @param numAttentionHeads key-value heads
 * @param numLayers layers
 * @param encoderHiddenSize the width inside the encoder; null for that of a layer's keys
 * @param prefixProjection whether an encoder makes the prefix in training
 * @param initWeights {@code zero} for a prefix of zeros at first; null for random ones, N(0, 1)
 * @param crossAttention whether attention to an encoder has a prefix of its own. Python's peft does
 *     not know this setting, so that the key is written only where it is set
 * @param modulesToSave modules that are trained and saved as a whole
 */
public record PrefixTuningConfig(
        AdapterOrigin origin,
        int numVirtualTokens,
        @Nullable Integer tokenDim,
        @Nullable Integer numTransformerSubmodules,
        @Nullable Integer numAttentionHeads,
        @Nullable Integer numLayers,
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
        requirePositive("num_virtual_tokens", numVirtualTokens);
        requirePositive("token_dim", tokenDim);
        requirePositive("num_attention_heads", numAttentionHeads);
        requirePositive("num_layers", numLayers);
        requirePositive("encoder_hidden_size", encoderHiddenSize);
        if (numTransformerSubmodules != null
                && numTransformerSubmodules != 1
                && numTransformerSubmodules != 2) {
            throw new PeftException(
                    "num_transformer_submodules must be 1, or 2 for encoder-decoders, but is "
                            + numTransformerSubmodules
                            + ".");
        }
        if (initWeights != null && !initWeights.equals(ZERO)) {
            throw new PeftException(
                    "init_weights must be null or \"zero\", but is \"" + initWeights + "\".");
        }
        if (tokenDim != null && numAttentionHeads != null && tokenDim % numAttentionHeads != 0) {
            throw new PeftException(
                    "token_dim must be a multiple of num_attention_heads, but they are "
                            + tokenDim
                            + " and "
                            + numAttentionHeads
                            + ".");
        }
    }

    private static void requirePositive(String key, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new PeftException(key + " must be at least 1, but is " + value + ".");
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
     * @param numVirtualTokens the length; the paper takes up to 20 for simple classification and
     *     around 100 for tagging
     */
    public static PrefixTuningConfig pTuningV2(int numVirtualTokens) {
        return builder().numVirtualTokens(numVirtualTokens).build();
    }

    /** Returns a builder with these settings. */
    public PrefixTuningConfigBuilder toBuilder() {
        return new PrefixTuningConfigBuilder(this);
    }

    /** Returns the same with what it leaves open. */
    PrefixTuningConfig settled(int width, int heads, int layers, int submodules) {
        int dim = tokenDim == null ? width : tokenDim;
        return new PrefixTuningConfig(
                origin,
                numVirtualTokens,
                dim,
                numTransformerSubmodules == null
                        ? Integer.valueOf(submodules)
                        : numTransformerSubmodules,
                numAttentionHeads == null ? Integer.valueOf(heads) : numAttentionHeads,
                numLayers == null ? Integer.valueOf(layers) : numLayers,
                encoderHiddenSize == null ? Integer.valueOf(dim) : encoderHiddenSize,
                prefixProjection,
                initWeights,
                crossAttention,
                modulesToSave);
    }

    boolean startsAtZero() {
        return initWeights != null;
    }

    int settledTokenDim() {
        return Objects.requireNonNull(tokenDim);
    }

    int settledHeads() {
        return Objects.requireNonNull(numAttentionHeads);
    }

    int settledLayers() {
        return Objects.requireNonNull(numLayers);
    }

    int settledSubmodules() {
        return Objects.requireNonNull(numTransformerSubmodules);
    }

    int settledHiddenSize() {
        return Objects.requireNonNull(encoderHiddenSize);
    }

    /** The columns of the prefix's matrix: keys and values of every layer. */
    long columns() {
        return Math.multiplyExact(2L * settledLayers(), settledTokenDim());
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public @Nullable TaskType taskType() {
        return origin.taskType();
    }

    @Override
    public @Nullable String baseModelNameOrPath() {
        return origin.baseModelNameOrPath();
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
