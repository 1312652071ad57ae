package org.peft4j.prompt.multitask;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.PromptInitialization;
import org.peft4j.prompt.VirtualTokens;

/** Builds a {@link MultitaskPromptConfig}; every setting but one has peft's default. */
public final class MultitaskPromptConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private @Nullable VirtualTokens virtualTokens;
    private PromptInitialization initialization = PromptInitialization.random();
    private @Nullable SourceTasks source;
    private int tasks = 1;
    private int ranks = 1;
    private List<String> modulesToSave = List.of();

    MultitaskPromptConfigBuilder() {}

    MultitaskPromptConfigBuilder(MultitaskPromptConfig config) {
        origin = config.origin();
        virtualTokens = config.virtualTokens();
        initialization = config.initialization();
        source = config.source();
        tasks = config.tasks();
        ranks = config.ranks();
        modulesToSave = config.modulesToSave();
    }

    /** How many virtual tokens; must be set. */
    public MultitaskPromptConfigBuilder virtualTokens(int count) {
        return virtualTokens(VirtualTokens.of(count));
    }

    /** How many virtual tokens, with what else peft keeps of the base; must be set. */
    public MultitaskPromptConfigBuilder virtualTokens(VirtualTokens settings) {
        this.virtualTokens = settings;
        return this;
    }

    /** Where the shared prompt starts; N(0, 1) if not set. */
    public MultitaskPromptConfigBuilder initialization(PromptInitialization start) {
        this.initialization = start;
        return this;
    }

    /**
     * The shared prompt of source tasks, and the mean of their factors, to start a target task.
     *
     * @param weights the {@code adapter_model.safetensors} of the source tasks
     */
    public MultitaskPromptConfigBuilder averageOf(Path weights) {
        return source(new SourceTasks(weights.toString(), SourceTasks.Use.AVERAGE_SOURCE_TASKS, 0));
    }

    /**
     * The shared prompt of source tasks, and one task's factors, to start a target task.
     *
     * @param weights the {@code adapter_model.safetensors} of the source tasks
     * @param task the number of the source task
     */
    public MultitaskPromptConfigBuilder exactly(Path weights, int task) {
        return source(new SourceTasks(weights.toString(), SourceTasks.Use.EXACT_SOURCE_TASK, task));
    }

    /**
     * The shared prompt of source tasks, to start others.
     *
     * @param weights the {@code adapter_model.safetensors} of the source tasks
     */
    public MultitaskPromptConfigBuilder sharedOf(Path weights) {
        return source(new SourceTasks(weights.toString(), SourceTasks.Use.ONLY_SOURCE_SHARED, 0));
    }

    MultitaskPromptConfigBuilder source(SourceTasks of) {
        this.source = of;
        return this;
    }

    /** How many tasks; 1 if not set. */
    public MultitaskPromptConfigBuilder tasks(int count) {
        this.tasks = count;
        return this;
    }

    /** The rank of a task's matrix; 1 if not set, as in the paper. */
    public MultitaskPromptConfigBuilder ranks(int rank) {
        this.ranks = rank;
        return this;
    }

    /** Modules that are trained and saved as a whole; only the task's head if not set. */
    public MultitaskPromptConfigBuilder modulesToSave(String... names) {
        return modulesToSave(List.of(names));
    }

    MultitaskPromptConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = names;
        return this;
    }

    /** The base and the task; settled for the base if not set. */
    public MultitaskPromptConfigBuilder origin(AdapterOrigin from) {
        this.origin = from;
        return this;
    }

    /** Returns the config. */
    public MultitaskPromptConfig build() {
        if (virtualTokens == null) {
            throw new PeftException(
                    "multitask prompt tuning needs a number of virtual tokens. Call"
                            + " virtualTokens.");
        }
        return new MultitaskPromptConfig(
                origin, virtualTokens, initialization, source, tasks, ranks, modulesToSave);
    }
}
