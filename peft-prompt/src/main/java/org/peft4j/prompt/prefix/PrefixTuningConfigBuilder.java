package org.peft4j.prompt.prefix;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.TaskType;

/** Builds a {@link PrefixTuningConfig} from peft's defaults. */
public final class PrefixTuningConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private int numVirtualTokens;
    private @Nullable Integer tokenDim;
    private @Nullable Integer numTransformerSubmodules;
    private @Nullable Integer numAttentionHeads;
    private @Nullable Integer numLayers;
    private @Nullable Integer encoderHiddenSize;
    private boolean prefixProjection;
    private @Nullable String initWeights;
    private boolean crossAttention;
    private List<String> modulesToSave = List.of();

    PrefixTuningConfigBuilder() {}

    PrefixTuningConfigBuilder(PrefixTuningConfig from) {
        origin = from.origin();
        numVirtualTokens = from.numVirtualTokens();
        tokenDim = from.tokenDim();
        numTransformerSubmodules = from.numTransformerSubmodules();
        numAttentionHeads = from.numAttentionHeads();
        numLayers = from.numLayers();
        encoderHiddenSize = from.encoderHiddenSize();
        prefixProjection = from.prefixProjection();
        initWeights = from.initWeights();
        crossAttention = from.crossAttention();
        modulesToSave = from.modulesToSave();
    }

    /** Sets where the adapter comes from. */
    public PrefixTuningConfigBuilder origin(AdapterOrigin value) {
        this.origin = value;
        return this;
    }

    /** Sets the task that is written to the file. */
    public PrefixTuningConfigBuilder taskType(@Nullable TaskType value) {
        this.origin = origin.withTask(value);
        return this;
    }

    /** Sets the length of the prefix; required. */
    public PrefixTuningConfigBuilder numVirtualTokens(int value) {
        this.numVirtualTokens = value;
        return this;
    }

    /** Sets the width of a layer's keys; follows from the base if not set. */
    public PrefixTuningConfigBuilder tokenDim(int value) {
        this.tokenDim = value;
        return this;
    }

    /** Sets 2 for encoder-decoders; follows from the base if not set. */
    public PrefixTuningConfigBuilder numTransformerSubmodules(int value) {
        this.numTransformerSubmodules = value;
        return this;
    }

    /** Sets the key-value heads; follows from the base if not set. */
    public PrefixTuningConfigBuilder numAttentionHeads(int value) {
        this.numAttentionHeads = value;
        return this;
    }

    /** Sets the layers; follows from the base if not set. */
    public PrefixTuningConfigBuilder numLayers(int value) {
        this.numLayers = value;
        return this;
    }

    /** Lets an encoder of two linears make the prefix in training. */
    public PrefixTuningConfigBuilder prefixProjection(boolean value) {
        this.prefixProjection = value;
        return this;
    }

    /** Sets the width inside the encoder; that of a layer's keys if not set. */
    public PrefixTuningConfigBuilder encoderHiddenSize(int value) {
        this.encoderHiddenSize = value;
        return this;
    }

    /** Starts with {@code "zero"}, or with random values if null. */
    public PrefixTuningConfigBuilder initWeights(@Nullable String value) {
        this.initWeights = value;
        return this;
    }

    /** Gives attention to an encoder a prefix too; Python's peft cannot read such an adapter. */
    public PrefixTuningConfigBuilder crossAttention(boolean value) {
        this.crossAttention = value;
        return this;
    }

    /** Sets modules that are trained and saved as a whole. */
    public PrefixTuningConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = List.copyOf(names);
        return this;
    }

    /** Returns the settings. */
    public PrefixTuningConfig build() {
        return new PrefixTuningConfig(
                origin,
                numVirtualTokens,
                tokenDim,
                numTransformerSubmodules,
                numAttentionHeads,
                numLayers,
                encoderHiddenSize,
                prefixProjection,
                initWeights,
                crossAttention,
                modulesToSave);
    }
}
