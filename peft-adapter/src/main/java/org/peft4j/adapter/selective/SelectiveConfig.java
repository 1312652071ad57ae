package org.peft4j.adapter.selective;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.TargetSpec.Names;

/**
 * Which of the base's own parameters are trained. What a module is, where it lies and what it is
 * called must all fit; what a config leaves open is no limit.
 *
 * @param origin the base and the task
 * @param parameters which parameters of the chosen modules
 * @param kinds what the modules are; empty for all
 * @param layers where they lie
 * @param modules what they are called: paths or their parts, such as {@code attention.self}, or a
 *     regular expression over the whole path; null for all
 * @param exclude modules that are left out; null for none
 * @param modulesToSave modules that are trained as a whole whatever else is chosen
 */
public record SelectiveConfig(
        AdapterOrigin origin,
        ParameterKind parameters,
        Set<ModuleKind> kinds,
        Layers layers,
        @Nullable ModulePattern modules,
        @Nullable ModulePattern exclude,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of the selective methods. */
    public static final String PEFT_TYPE = "SELECTIVE";

    /** Checks every value. */
    public SelectiveConfig {
        kinds = Set.copyOf(kinds);
        modulesToSave = List.copyOf(modulesToSave);
        if (modules instanceof Names names && names.names().isEmpty()) {
            throw new PeftException(
                    "target_modules is an empty list. Name the modules to train, or leave it out"
                            + " for all.");
        }
        if (modulesToSave.contains("")) {
            throw new PeftException("modules_to_save must not hold an empty name.");
        }
    }

    /** Every parameter: full fine-tuning, the baseline of every paper. */
    public static SelectiveConfig fullFineTuning() {
        return new SelectiveConfig(
                AdapterOrigin.unknown(),
                ParameterKind.ALL,
                Set.of(),
                Layers.ALL,
                null,
                null,
                List.of());
    }

    /**
     * Biases (Ben-Zaken et al. 2022).
     *
     * @param kinds of which modules; none for all. The paper's smaller choice, half of BERT's bias
     *     parameters, is {@code QUERY, FEED_FORWARD_UP}
     */
    public static SelectiveConfig bitFit(ModuleKind... kinds) {
        return fullFineTuning().withParameters(ParameterKind.BIASES).withKinds(kinds);
    }

    /** The last layers alone, without the final norm. */
    public static SelectiveConfig lastLayers(int count) {
        return fullFineTuning().withLastLayers(count);
    }

    /** Every parameter of some kinds of modules. */
    public static SelectiveConfig of(ModuleKind... kinds) {
        return fullFineTuning().withKinds(kinds);
    }

    /** The same modules with other parameters of them. */
    public SelectiveConfig withParameters(ParameterKind which) {
        return new SelectiveConfig(origin, which, kinds, layers, modules, exclude, modulesToSave);
    }

    /** The same settings with other kinds of modules; none for all. */
    public SelectiveConfig withKinds(ModuleKind... which) {
        return new SelectiveConfig(
                origin, parameters, Set.of(which), layers, modules, exclude, modulesToSave);
    }

    /** The same settings in some layers only, counted from 0. */
    public SelectiveConfig withLayers(Integer... numbers) {
        return withLayers(new Layers(List.of(numbers), 0));
    }

    /** The same settings in the last layers only. */
    public SelectiveConfig withLastLayers(int count) {
        return withLayers(new Layers(List.of(), count));
    }

    private SelectiveConfig withLayers(Layers which) {
        return new SelectiveConfig(
                origin, parameters, kinds, which, modules, exclude, modulesToSave);
    }

    /** The same settings in some modules only, by paths or their parts. */
    public SelectiveConfig withModules(String... names) {
        return withModules(new Names(List.of(names)));
    }

    /** The same settings in some modules only; null for all. */
    public SelectiveConfig withModules(@Nullable ModulePattern pattern) {
        return new SelectiveConfig(
                origin, parameters, kinds, layers, pattern, exclude, modulesToSave);
    }

    /** The same settings without some modules, by paths or their parts. */
    public SelectiveConfig withoutModules(String... names) {
        return withoutModules(new Names(List.of(names)));
    }

    /** The same settings without some modules; null for none. */
    public SelectiveConfig withoutModules(@Nullable ModulePattern pattern) {
        return new SelectiveConfig(
                origin, parameters, kinds, layers, modules, pattern, modulesToSave);
    }

    /** The same settings for a task, which is noted in the file. */
    public SelectiveConfig withTaskType(@Nullable TaskType task) {
        return withOrigin(origin.withTask(task));
    }

    private SelectiveConfig withOrigin(AdapterOrigin other) {
        return new SelectiveConfig(
                other, parameters, kinds, layers, modules, exclude, modulesToSave);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public SelectiveConfig withModulesToSave(List<String> names) {
        return new SelectiveConfig(origin, parameters, kinds, layers, modules, exclude, names);
    }

    @Override
    public SelectiveConfig withBaseModel(String nameOrPath) {
        return withOrigin(origin.withBase(nameOrPath));
    }

    @Override
    public JsonObject toJson() {
        return SelectiveConfigJson.write(this);
    }
}
