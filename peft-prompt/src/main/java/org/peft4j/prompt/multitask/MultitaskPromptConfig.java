package org.peft4j.prompt.multitask;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.PromptInitialization;
import org.peft4j.prompt.VirtualTokens;

/**
 * The settings of multitask prompt tuning (Wang et al. 2023), one for one those of peft's {@code
 * MultitaskPromptTuningConfig}. Make one with {@link #builder()}.
 *
 * @param origin the base and the task
 * @param virtualTokens how many virtual tokens
 * @param initialization where the shared prompt starts
 * @param source the source tasks that it starts with instead, or null
 * @param tasks how many tasks, from 1 up
 * @param ranks the rank of a task's matrix, from 1 up
 * @param modulesToSave modules that are trained as a whole
 */
public record MultitaskPromptConfig(
        AdapterOrigin origin,
        VirtualTokens virtualTokens,
        PromptInitialization initialization,
        @Nullable SourceTasks source,
        int tasks,
        int ranks,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of multitask prompt tuning. */
    public static final String PEFT_TYPE = "MULTITASK_PROMPT_TUNING";

    /** Checks every value. */
    public MultitaskPromptConfig {
        modulesToSave = List.copyOf(modulesToSave);
        if (tasks < 1 || ranks < 1) {
            throw new PeftException(
                    "num_tasks and num_ranks must be 1 or more but are "
                            + tasks
                            + " and "
                            + ranks
                            + ".");
        }
        if (source != null && source.use() != SourceTasks.Use.ONLY_SOURCE_SHARED && tasks != 1) {
            throw new PeftException(
                    source.use() + " starts one target task, but num_tasks is " + tasks + ".");
        }
    }

    /** Starts from peft's defaults; the number of virtual tokens must be set. */
    public static MultitaskPromptConfigBuilder builder() {
        return new MultitaskPromptConfigBuilder();
    }

    /** Starts from these settings. */
    public MultitaskPromptConfigBuilder toBuilder() {
        return new MultitaskPromptConfigBuilder(this);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public MultitaskPromptConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }

    @Override
    public MultitaskPromptConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public JsonObject toJson() {
        return MultitaskPromptConfigJson.write(this);
    }
}
