package org.peft4j.prompt.ptuning;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Encoding;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.VirtualTokens;
import org.peft4j.prompt.internal.Inputs;
import org.peft4j.prompt.internal.SoftPrompt;
import org.peft4j.prompt.internal.Tasks;

/**
 * P-tuning (Liu et al. 2021): virtual tokens before the input that an encoder makes of trained
 * embeddings. They go where those of prompt tuning go.
 */
public final class PTuningMethod implements PeftMethod {

    private static final int MOST_LAYERS = 100;

    @Override
    public String peftType() {
        return PTuningConfig.PEFT_TYPE;
    }

    @Override
    public PTuningConfig readConfig(JsonFields json) {
        return PTuningConfigJson.read(json);
    }

    @Override
    public PTuningConfig resolve(PeftConfig config, BaseModel base) {
        PTuningConfig prompt = require(config);
        VirtualTokens tokens = prompt.virtualTokens().settledFor(base);
        PTuningConfigBuilder settled =
                prompt.toBuilder()
                        .origin(Tasks.settled(prompt.origin(), base))
                        .virtualTokens(tokens);
        if (prompt.hiddenSize() == null) {
            settled.hiddenSize(tokens.width());
        }
        return settled.build();
    }

    private static PTuningConfig require(PeftConfig config) {
        if (config instanceof PTuningConfig prompt) {
            return prompt;
        }
        throw new PeftException(
                "a P_TUNING adapter needs a PTuningConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        PTuningConfig prompt = require(config);
        if (builder.isFresh() && prompt.layers() > MOST_LAYERS) {
            throw new PeftException(
                    "encoder_num_layers is "
                            + prompt.layers()
                            + ", but an encoder of more than "
                            + MOST_LAYERS
                            + " layers learns nothing. Use 2, as peft does by default.");
        }
        VirtualTokens tokens = prompt.virtualTokens();
        Encoding made =
                builder.encoded(
                        SoftPrompt.KEY,
                        parameters -> PromptEncoder.of(prompt, parameters),
                        tokens.total(),
                        tokens.width());
        builder.modulePrefix(SoftPrompt.MODULE_PREFIX);
        builder.place(Inputs.first(builder.points()), new SoftPrompt(made, 0, tokens.count()));
    }
}
