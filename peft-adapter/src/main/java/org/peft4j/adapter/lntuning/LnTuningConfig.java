package org.peft4j.adapter.lntuning;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.Targets;

/**
 * The settings of LN tuning (Zhao et al. 2023), one for one those of peft's {@code LNTuningConfig}.
 *
 * @param origin the base and the task
 * @param targets the modules that are trained: any norm, linear or embedding; by default all norms,
 *     which for most families is what peft's table says
 * @param modulesToSave modules that are trained as a whole beside them
 */
public record LnTuningConfig(AdapterOrigin origin, Targets targets, List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of LN tuning. */
    public static final String PEFT_TYPE = "LN_TUNING";

    /** Checks every value. */
    public LnTuningConfig {
        modulesToSave = List.copyOf(modulesToSave);
        if (modulesToSave.contains("")) {
            throw new PeftException("modules_to_save must not hold an empty name.");
        }
    }

    /** Every norm of whatever base it is added to. */
    public LnTuningConfig() {
        this(AdapterOrigin.unknown(), Targets.of(new TargetSpec.Default()), List.of());
    }

    /** The same settings with other targets, by path or ending. */
    public LnTuningConfig withTargetModules(String... names) {
        return withTargetModules(new TargetSpec.Names(List.of(names)));
    }

    /** The same settings with other targets. */
    public LnTuningConfig withTargetModules(TargetSpec modules) {
        return withTargets(Targets.of(modules).excluding(targets.exclude()));
    }

    /** The same settings without some modules, by path or ending. */
    public LnTuningConfig withExcludedModules(String... names) {
        return withExcludedModules(new TargetSpec.Names(List.of(names)));
    }

    /** The same settings without some modules; null for none. */
    public LnTuningConfig withExcludedModules(@Nullable ModulePattern pattern) {
        return withTargets(targets.excluding(pattern));
    }

    LnTuningConfig withTargets(Targets other) {
        return new LnTuningConfig(origin, other, modulesToSave);
    }

    /** The same settings for a task, which peft notes in the file. */
    public LnTuningConfig withTaskType(@Nullable TaskType task) {
        return new LnTuningConfig(origin.withTask(task), targets, modulesToSave);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public LnTuningConfig withModulesToSave(List<String> names) {
        return new LnTuningConfig(origin, targets, names);
    }

    @Override
    public LnTuningConfig withBaseModel(String nameOrPath) {
        return new LnTuningConfig(origin.withBase(nameOrPath), targets, modulesToSave);
    }

    @Override
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        origin.writeTo(json, PEFT_TYPE);
        json.add("target_modules", targets.modules().toJson());
        json.add("exclude_modules", PeftConfigJson.patternOrNull(targets.exclude()));
        json.add("modules_to_save", PeftConfigJson.namesOrNull(modulesToSave));
        return json;
    }

    static LnTuningConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                new JsonObject(),
                () ->
                        new LnTuningConfig(
                                AdapterOrigin.read(json),
                                Targets.of(TargetSpec.read(json, "target_modules"))
                                        .excluding(TargetSpec.readPattern(json, "exclude_modules")),
                                modulesToSave(json)));
    }

    /** Where the other methods have a list, peft's LN tuning takes a single name too. */
    private static List<String> modulesToSave(JsonFields json) {
        String key = "modules_to_save";
        return json.object().get(key) instanceof JsonPrimitive
                ? List.of(json.string(key))
                : json.optionalStrings(key).orElse(List.of());
    }
}
