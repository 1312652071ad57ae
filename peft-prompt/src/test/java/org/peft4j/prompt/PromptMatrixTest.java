package org.peft4j.prompt;

import java.util.List;
import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodMatrix;
import org.peft4j.prompt.cpt.CptConfig;
import org.peft4j.prompt.cpt.CptContext;
import org.peft4j.prompt.multitask.MultitaskPromptConfig;
import org.peft4j.prompt.ptuning.EncoderType;
import org.peft4j.prompt.ptuning.PTuningConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Soft prompts on every kind of base. */
final class PromptMatrixTest extends PeftMethodMatrix {

    private static final CptContext CONTEXT =
            CptContext.of(List.of(5, 6, 7, 8, 9), List.of(1, 2, 3, 4, 0));

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
                "multitask prompts", MultitaskPromptConfig.builder().virtualTokens(4).build(),
                "CPT", CptConfig.builder().context(CONTEXT).epsilon(10).formatEpsilon(10).build());
    }

    /** CPT is for causal language models. */
    @Override
    protected boolean fits(String method, String family) {
        return !method.equals("CPT") || family.equals("llama") || family.equals("gpt2");
    }

    @Override
    protected boolean startsNeutral(String method) {
        return false;
    }
}
