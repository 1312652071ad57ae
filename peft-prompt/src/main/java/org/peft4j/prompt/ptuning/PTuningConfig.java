package org.peft4j.prompt.ptuning;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.VirtualTokens;

/**
 * The settings of P-tuning (Liu et al. 2021), one for one those of peft's {@code
 * PromptEncoderConfig}. Make one with {@link #builder()}.
 *
 * @param origin the base and the task
 * @param virtualTokens how many virtual tokens
 * @param encoder what computes them
 * @param hiddenSize the width inside the encoder; null until it is settled as that of a token
 * @param layers layers of the LSTM, from 1 up; the MLP always has its three linears
 * @param dropout between layers of the LSTM in training, from 0 to below 1
 * @param modulesToSave modules that are trained as a whole
 */
public record PTuningConfig(
        AdapterOrigin origin,
        VirtualTokens virtualTokens,
        EncoderType encoder,
        @Nullable Integer hiddenSize,
        int layers,
        double dropout,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of P-tuning. */
    public static final String PEFT_TYPE = "P_TUNING";

    /** Checks every value. */
    public PTuningConfig {
        modulesToSave = List.copyOf(modulesToSave);
        if (hiddenSize != null && hiddenSize < 1) {
            throw new PeftException(
                    "encoder_hidden_size must be 1 or more but is " + hiddenSize + ".");
        }
        if (layers < 1) {
            throw new PeftException("encoder_num_layers must be 1 or more but is " + layers + ".");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new PeftException(
                    "encoder_dropout must be from 0 to below 1 but is " + dropout + ".");
        }
    }

    /** Starts from peft's defaults; the number of virtual tokens must be set. */
    public static PTuningConfigBuilder builder() {
        return new PTuningConfigBuilder();
    }

    /** Starts from these settings. */
    public PTuningConfigBuilder toBuilder() {
        return new PTuningConfigBuilder(this);
    }

    /** Returns the width inside the encoder, once it is settled. */
    public int width() {
        return hiddenSize == null ? virtualTokens.width() : hiddenSize;
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public PTuningConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }

    @Override
    public PTuningConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public JsonObject toJson() {
        return PTuningConfigJson.write(this);
    }
}
