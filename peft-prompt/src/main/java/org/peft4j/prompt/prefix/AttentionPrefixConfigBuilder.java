package org.peft4j.prompt.prefix;

import java.util.List;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.ops.NonLinearity;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;

/** Builds an {@link AttentionPrefixConfig} from AdapterHub's defaults. */
public final class AttentionPrefixConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private int length = 30;
    private boolean encoderPrefix = true;
    private boolean crossPrefix = true;
    private List<Integer> leaveOut = List.of();
    private boolean flat;
    private int bottleneckSize = 512;
    private NonLinearity nonLinearity = new NonLinearity("tanh");
    private double dropout;
    private Gating gating = Gating.NONE;
    private List<String> modulesToSave = List.of();

    AttentionPrefixConfigBuilder() {}

    AttentionPrefixConfigBuilder(AttentionPrefixConfig from) {
        origin = from.origin();
        length = from.length();
        encoderPrefix = from.encoderPrefix();
        crossPrefix = from.crossPrefix();
        leaveOut = from.leaveOut();
        flat = from.flat();
        bottleneckSize = from.bottleneckSize();
        nonLinearity = from.nonLinearity();
        dropout = from.dropout();
        gating = from.gating();
        modulesToSave = from.modulesToSave();
    }

    /** Sets where the adapter comes from. */
    public AttentionPrefixConfigBuilder origin(AdapterOrigin value) {
        this.origin = value;
        return this;
    }

    /** Sets the length of the prefix; 30 if not set. */
    public AttentionPrefixConfigBuilder length(int tokens) {
        this.length = tokens;
        return this;
    }

    /** Says whether the encoder of an encoder-decoder has a prefix too; it has if not set. */
    public AttentionPrefixConfigBuilder encoderPrefix(boolean value) {
        this.encoderPrefix = value;
        return this;
    }

    /** Says whether attention to an encoder has a prefix too; it has if not set. */
    public AttentionPrefixConfigBuilder crossPrefix(boolean value) {
        this.crossPrefix = value;
        return this;
    }

    /** Leaves layers without a prefix, counted from 0. */
    public AttentionPrefixConfigBuilder leaveOut(Integer... layers) {
        this.leaveOut = List.of(layers);
        return this;
    }

    /** Says whether the prefix itself is trained; an encoder makes it if not set. */
    public AttentionPrefixConfigBuilder flat(boolean value) {
        this.flat = value;
        return this;
    }

    /** Sets the width inside the encoder; 512 if not set. */
    public AttentionPrefixConfigBuilder bottleneckSize(int width) {
        this.bottleneckSize = width;
        return this;
    }

    /** Sets the activation inside the encoder by its name in Python; {@code tanh} if not set. */
    public AttentionPrefixConfigBuilder nonLinearity(String name) {
        this.nonLinearity = new NonLinearity(name);
        return this;
    }

    /** Sets the probability with which an element is zeroed in training; 0 if not set. */
    public AttentionPrefixConfigBuilder dropout(double probability) {
        this.dropout = probability;
        return this;
    }

    /** Sets which gates there are; none if not set. */
    public AttentionPrefixConfigBuilder gating(Gating value) {
        this.gating = value;
        return this;
    }

    /** Sets modules that are trained and saved as a whole. */
    public AttentionPrefixConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = List.copyOf(names);
        return this;
    }

    /**
     * Returns the settings.
     *
     * @throws org.peft4j.core.PeftException if a value is out of its range
     */
    public AttentionPrefixConfig build() {
        return new AttentionPrefixConfig(
                origin,
                length,
                encoderPrefix,
                crossPrefix,
                leaveOut,
                flat,
                bottleneckSize,
                nonLinearity,
                dropout,
                gating,
                modulesToSave);
    }
}
