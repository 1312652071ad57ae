package org.peft4j.adapter.ia3;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.TaskType;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.Targets;

/** Builds an {@link Ia3Config}; every setting has peft's default. */
public final class Ia3ConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private TargetSpec modules = new TargetSpec.Default();
    private @Nullable ModulePattern exclude;
    private @Nullable ModulePattern feedForward;
    private boolean fanInFanOut;
    private boolean initWeights = true;
    private List<String> modulesToSave = List.of();

    Ia3ConfigBuilder() {}

    Ia3ConfigBuilder(Ia3Config config) {
        origin = config.origin();
        modules = config.targets().modules();
        exclude = config.targets().exclude();
        feedForward = config.feedForward();
        fanInFanOut = config.fanInFanOut();
        initWeights = config.initWeights();
        modulesToSave = config.modulesToSave();
    }

    /**
     * The modules to act on.
     *
     * @param names module paths or their endings, such as {@code "k_proj", "v_proj"}
     */
    public Ia3ConfigBuilder targetModules(String... names) {
        return targetModules(new TargetSpec.Names(List.of(names)));
    }

    /** The modules to act on. */
    public Ia3ConfigBuilder targetModules(TargetSpec spec) {
        this.modules = spec;
        return this;
    }

    /** The modules to act on: those whose whole path the expression matches. */
    public Ia3ConfigBuilder targetRegex(String expression) {
        return targetModules(TargetSpec.Regex.of(expression));
    }

    /** Modules to leave out, by path or ending. */
    public Ia3ConfigBuilder excludeModules(String... names) {
        return excludeModules(new TargetSpec.Names(List.of(names)));
    }

    /** Modules to leave out; null for none. */
    public Ia3ConfigBuilder excludeModules(@Nullable ModulePattern pattern) {
        this.exclude = pattern;
        return this;
    }

    /**
     * The targets whose input is scaled.
     *
     * @param names some of the names of {@link #targetModules}; none if all outputs are scaled
     */
    public Ia3ConfigBuilder feedForwardModules(String... names) {
        return feedForwardModules(new TargetSpec.Names(List.of(names)));
    }

    /** The targets whose input is scaled; null for the default, the feed-forward's way down. */
    public Ia3ConfigBuilder feedForwardModules(@Nullable ModulePattern pattern) {
        this.feedForward = pattern;
        return this;
    }

    Ia3ConfigBuilder fanInFanOut(boolean transposed) {
        this.fanInFanOut = transposed;
        return this;
    }

    /** Whether the factors start as ones; true if not set. */
    public Ia3ConfigBuilder initWeights(boolean ones) {
        this.initWeights = ones;
        return this;
    }

    /** Modules that are trained and saved as a whole, such as a task head. */
    public Ia3ConfigBuilder modulesToSave(String... names) {
        return modulesToSave(List.of(names));
    }

    Ia3ConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = names;
        return this;
    }

    /** The task, which peft notes in the file. */
    public Ia3ConfigBuilder taskType(@Nullable TaskType task) {
        this.origin = origin.withTask(task);
        return this;
    }

    /** The name of the base; set by itself when the adapter is added to one. */
    public Ia3ConfigBuilder baseModel(@Nullable String nameOrPath) {
        this.origin = origin.withBase(nameOrPath);
        return this;
    }

    Ia3ConfigBuilder origin(AdapterOrigin from) {
        this.origin = from;
        return this;
    }

    /**
     * Returns the config.
     *
     * @throws org.peft4j.core.PeftException if a value is out of its range
     */
    public Ia3Config build() {
        return new Ia3Config(
                origin,
                new Targets(modules, exclude, null, List.of()),
                feedForward,
                fanInFanOut,
                initWeights,
                modulesToSave);
    }
}
