package org.peft4j.prompt.prefix;

import com.google.gson.JsonObject;
import java.util.List;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.NonLinearity;

/**
 * The settings of a prefix that lies in the attentions alone, one for one those of AdapterHub's
 * {@code PrefixTuningConfig}: keys and values come before those of the sequence, whose positions do
 * not move. It is the prefix of MAM (He et al. 2022) and, with gates, of UniPELT (Mao et al. 2022).
 *
 * @param origin the base and the task
 * @param length of the prefix, {@code prefix_length}
 * @param encoderPrefix whether the encoder of an encoder-decoder has a prefix too
 * @param crossPrefix whether attention to an encoder has a prefix too
 * @param leaveOut the numbers of layers without any, from 0; a decoder's layers count on from its
 *     encoder's
 * @param flat whether the prefix itself is trained, rather than the encoder that makes it
 * @param bottleneckSize the width inside that encoder
 * @param nonLinearity inside that encoder
 * @param dropout the probability with which an element of the prefix is zeroed in training, from 0
 *     to below 1
 * @param gating whether a trained gate decides how much of the prefix acts
 * @param modulesToSave modules that are trained as a whole
 */
public record AttentionPrefixConfig(
        AdapterOrigin origin,
        int length,
        boolean encoderPrefix,
        boolean crossPrefix,
        List<Integer> leaveOut,
        boolean flat,
        int bottleneckSize,
        NonLinearity nonLinearity,
        double dropout,
        Gating gating,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type}, which Python's peft refuses; AdapterHub's own files have none. */
    public static final String PEFT_TYPE = "ATTENTION_PREFIX";

    /**
     * Gates of a prefix: in each layer and row, the mean of σ(w x + b) over the tokens x that a
     * pass computes.
     */
    public enum Gating {
        /** None: the prefix acts as it is. */
        NONE,
        /** One for keys and values. */
        SHARED,
        /** One for the keys and one for the values. */
        SEPARATE
    }

    /** Checks every value. */
    public AttentionPrefixConfig {
        leaveOut = List.copyOf(leaveOut);
        modulesToSave = List.copyOf(modulesToSave);
        requirePositive("length (prefix_length)", length);
        requirePositive("bottleneckSize (bottleneck_size)", bottleneckSize);
        if (!(dropout >= 0 && dropout < 1)) {
            throw new PeftException("dropout must be from 0 to below 1 but is " + dropout + ".");
        }
        if (modulesToSave.contains("")) {
            throw new PeftException("modules_to_save must not hold an empty name.");
        }
    }

    private static void requirePositive(String what, int value) {
        if (value < 1) {
            throw new PeftException(what + " must be 1 or more but is " + value + ".");
        }
    }

    /** Starts from AdapterHub's defaults: 30 virtual tokens, made by an encoder of width 512. */
    public static AttentionPrefixConfigBuilder builder() {
        return new AttentionPrefixConfigBuilder();
    }

    /** Starts from these settings. */
    public AttentionPrefixConfigBuilder toBuilder() {
        return new AttentionPrefixConfigBuilder(this);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public JsonObject toJson() {
        return AttentionPrefixConfigJson.write(this);
    }

    @Override
    public AttentionPrefixConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public AttentionPrefixConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }
}
