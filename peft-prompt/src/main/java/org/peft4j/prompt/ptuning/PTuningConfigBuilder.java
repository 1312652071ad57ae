package org.peft4j.prompt.ptuning;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.VirtualTokens;

/** Builds a {@link PTuningConfig}; every setting but one has peft's default. */
public final class PTuningConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private @Nullable VirtualTokens virtualTokens;
    private EncoderType encoder = EncoderType.MLP;
    private @Nullable Integer hiddenSize;
    private int layers = 2;
    private double dropout;
    private List<String> modulesToSave = List.of();

    PTuningConfigBuilder() {}

    PTuningConfigBuilder(PTuningConfig config) {
        origin = config.origin();
        virtualTokens = config.virtualTokens();
        encoder = config.encoder();
        hiddenSize = config.hiddenSize();
        layers = config.layers();
        dropout = config.dropout();
        modulesToSave = config.modulesToSave();
    }

    /** How many virtual tokens; must be set. */
    public PTuningConfigBuilder virtualTokens(int count) {
        return virtualTokens(VirtualTokens.of(count));
    }

    /** How many virtual tokens, with what else peft keeps of the base; must be set. */
    public PTuningConfigBuilder virtualTokens(VirtualTokens settings) {
        this.virtualTokens = settings;
        return this;
    }

    /** What computes the virtual tokens; an MLP if not set. */
    public PTuningConfigBuilder encoder(EncoderType type) {
        this.encoder = type;
        return this;
    }

    /** The width inside the encoder; that of a token if not set. */
    public PTuningConfigBuilder hiddenSize(int size) {
        this.hiddenSize = size;
        return this;
    }

    /** Layers of the LSTM; 2 if not set. */
    public PTuningConfigBuilder layers(int count) {
        this.layers = count;
        return this;
    }

    /** The probability with which an output between the LSTM's layers is zeroed in training. */
    public PTuningConfigBuilder dropout(double probability) {
        this.dropout = probability;
        return this;
    }

    /** Modules that are trained and saved as a whole; only the task's head if not set. */
    public PTuningConfigBuilder modulesToSave(String... names) {
        return modulesToSave(List.of(names));
    }

    PTuningConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = names;
        return this;
    }

    /** The base and the task; settled for the base if not set. */
    public PTuningConfigBuilder origin(AdapterOrigin from) {
        this.origin = from;
        return this;
    }

    /** Returns the config. */
    public PTuningConfig build() {
        if (virtualTokens == null) {
            throw new PeftException(
                    "P-tuning needs a number of virtual tokens. Call virtualTokens.");
        }
        return new PTuningConfig(
                origin, virtualTokens, encoder, hiddenSize, layers, dropout, modulesToSave);
    }
}
