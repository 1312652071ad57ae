package org.peft4j.prompt.multitask;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputPoint;
import org.peft4j.prompt.VirtualTokens;
import org.peft4j.prompt.internal.Inputs;
import org.peft4j.prompt.internal.SoftPrompt;
import org.peft4j.prompt.internal.Tasks;

/**
 * Multitask prompt tuning (Wang et al. 2023). In an encoder-decoder with two submodules the first
 * half of the virtual tokens goes before what the encoder reads and the second before what the
 * decoder does, as in peft.
 */
public final class MultitaskPromptMethod implements PeftMethod {

    private static final String COLS = "prefix_task_cols";
    private static final String ROWS = "prefix_task_rows";

    @Override
    public String peftType() {
        return MultitaskPromptConfig.PEFT_TYPE;
    }

    @Override
    public MultitaskPromptConfig readConfig(JsonFields json) {
        return MultitaskPromptConfigJson.read(json);
    }

    @Override
    public MultitaskPromptConfig resolve(PeftConfig config, BaseModel base) {
        MultitaskPromptConfig prompt = require(config);
        return prompt.toBuilder()
                .origin(Tasks.settled(prompt.origin(), base))
                .virtualTokens(prompt.virtualTokens().settledFor(base))
                .build();
    }

    private static MultitaskPromptConfig require(PeftConfig config) {
        if (config instanceof MultitaskPromptConfig prompt) {
            return prompt;
        }
        throw new PeftException(
                "a MULTITASK_PROMPT_TUNING adapter needs a MultitaskPromptConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        MultitaskPromptConfig prompt = require(config);
        VirtualTokens tokens = prompt.virtualTokens();
        InputPoint input = Inputs.first(builder.points());
        @Nullable SourceTasks tasks = prompt.source();
        @Nullable SourcePrompt source = tasks == null ? null : new SourcePrompt(tasks, builder);
        boolean factors = tasks != null && tasks.use() != SourceTasks.Use.ONLY_SOURCE_SHARED;
        Initializer random = Initializer.normal(0.02);
        Tensor shared =
                builder.parameter(
                        SoftPrompt.KEY,
                        source == null
                                ? prompt.initialization().initializer(builder.ops(), input)
                                : source.shared(),
                        tokens.total(),
                        tokens.width());
        Tensor cols =
                builder.parameter(
                        COLS,
                        source == null || !factors ? random : source.factors(COLS),
                        prompt.tasks(),
                        tokens.total(),
                        prompt.ranks());
        Tensor rows =
                builder.parameter(
                        ROWS,
                        source == null || !factors ? random : source.factors(ROWS),
                        prompt.tasks(),
                        prompt.ranks(),
                        tokens.width());
        builder.modulePrefix(SoftPrompt.MODULE_PREFIX);
        int count = tokens.count();
        builder.place(input, new MultitaskPrompt(shared, cols, rows, 0, count));
        if (tokens.total() > count) {
            InputPoint decoder =
                    Inputs.find(builder.points(), InputPoint.Kind.DECODER).orElseThrow();
            builder.place(decoder, new MultitaskPrompt(shared, cols, rows, count, count));
        }
    }
}
