package org.peft4j.prompt;

import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodMatrix;
import org.peft4j.prompt.multitask.MultitaskPromptConfig;
import org.peft4j.prompt.ptuning.EncoderType;
import org.peft4j.prompt.ptuning.PTuningConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Soft prompts on every kind of base. */
final class PromptMatrixTest extends PeftMethodMatrix {

    @Override
    protected BaseModel open(String family) {
        LoadOptions options = LoadOptions.defaults().withName(family);
        return Checkpoints.open(
                Fixtures.base(family),
                family.startsWith("bert") ? options.withTask(TaskType.SEQ_CLS) : options);
    }

    @Override
    protected Map<String, PeftConfig> configs() {
        return Map.of(
                "prompt tuning", PromptTuningConfig.builder().virtualTokens(4).build(),
                "prompt tuning from the vocabulary",
                        PromptTuningConfig.builder()
                                .virtualTokens(4)
                                .initialization(PromptInitialization.sampledFromLowest(50))
                                .build(),
                "P-tuning", PTuningConfig.builder().virtualTokens(4).build(),
                "P-tuning by an LSTM",
                        PTuningConfig.builder().virtualTokens(4).encoder(EncoderType.LSTM).build(),
                "multitask prompts", MultitaskPromptConfig.builder().virtualTokens(4).build());
    }

    @Override
    protected boolean startsNeutral(String method) {
        return false;
    }
}
