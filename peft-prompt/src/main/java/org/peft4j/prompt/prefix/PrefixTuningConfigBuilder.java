package org.peft4j.prompt.prefix;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.VirtualTokens;

/** Builds a {@link PrefixTuningConfig} from peft's defaults. */
public final class PrefixTuningConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private @Nullable VirtualTokens virtualTokens;
    private @Nullable Integer encoderHiddenSize;
    private boolean prefixProjection;
    private @Nullable String initWeights;
    private boolean crossAttention;
    private List<String> modulesToSave = List.of();

    PrefixTuningConfigBuilder() {}

    PrefixTuningConfigBuilder(PrefixTuningConfig from) {
        origin = from.origin();
        virtualTokens = from.virtualTokens();
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

    /** Sets the length of the prefix; it or its sizes are required. */
    public PrefixTuningConfigBuilder virtualTokens(int count) {
        return virtualTokens(VirtualTokens.of(count));
    }

    /** Sets the length of the prefix and its sizes, which follow from the base if they are null. */
    public PrefixTuningConfigBuilder virtualTokens(VirtualTokens value) {
        this.virtualTokens = value;
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

    /**
     * Returns the settings.
     *
     * @throws PeftException if the prefix has no length
     */
    public PrefixTuningConfig build() {
        if (virtualTokens == null) {
            throw new PeftException(
                    "a prefix needs a length (num_virtual_tokens). Set virtualTokens.");
        }
        return new PrefixTuningConfig(
                origin,
                virtualTokens,
                encoderHiddenSize,
                prefixProjection,
                initWeights,
                crossAttention,
                modulesToSave);
    }
}
