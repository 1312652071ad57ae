package org.peft4j.prompt;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputPoint;
import org.peft4j.prompt.internal.Inputs;
import org.peft4j.prompt.internal.SoftPrompt;
import org.peft4j.prompt.internal.Tasks;

/**
 * Prompt tuning (Lester et al. 2021): trained virtual tokens P before the embedded input, [P; X].
 *
 * <p>In an encoder-decoder they go before what the encoder reads. peft makes as many again for the
 * decoder and never uses them; they are kept in the file for it.
 */
public final class PromptTuningMethod implements PeftMethod {

    @Override
    public String peftType() {
        return PromptTuningConfig.PEFT_TYPE;
    }

    @Override
    public PromptTuningConfig readConfig(JsonFields json) {
        return PromptTuningConfigJson.read(json);
    }

    @Override
    public PromptTuningConfig resolve(PeftConfig config, BaseModel base) {
        PromptTuningConfig prompt = require(config);
        return new PromptTuningConfig(
                Tasks.settled(prompt.origin(), base),
                prompt.virtualTokens().settledFor(base),
                prompt.initialization(),
                prompt.modulesToSave());
    }

    private static PromptTuningConfig require(PeftConfig config) {
        if (config instanceof PromptTuningConfig prompt) {
            return prompt;
        }
        throw new PeftException(
                "a PROMPT_TUNING adapter needs a PromptTuningConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        PromptTuningConfig prompt = require(config);
        VirtualTokens tokens = prompt.virtualTokens();
        InputPoint input = Inputs.first(builder.points());
        Tensor p =
                builder.parameter(
                        SoftPrompt.KEY,
                        prompt.initialization().initializer(builder.ops(), input),
                        tokens.total(),
                        tokens.width());
        builder.modulePrefix(SoftPrompt.MODULE_PREFIX);
        builder.place(input, new SoftPrompt(context -> p, 0, tokens.count()));
    }
}
