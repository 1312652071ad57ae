package org.peft4j.adapter.ia3;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.TargetSpec.Names;
import org.peft4j.core.targets.Targets;

/**
 * The settings of an IA3 adapter (Liu et al. 2022), one for one those of peft's {@code IA3Config}.
 * Make one with {@link #builder()}.
 *
 * @param origin the base and the task
 * @param targets the modules it acts on
 * @param feedForward {@code feedforward_modules}: the targets whose input is scaled, not the
 *     output; names match by their ends, as in peft. Null for the default, which is settled for the
 *     base
 * @param fanInFanOut whether the targets store their weight as [in, out]; settled for the base
 * @param initWeights whether the factors start as ones, so that a fresh adapter changes nothing;
 *     else they are drawn from N(0, 1)
 * @param modulesToSave modules that are trained as a whole
 */
public record Ia3Config(
        AdapterOrigin origin,
        Targets targets,
        @Nullable ModulePattern feedForward,
        boolean fanInFanOut,
        boolean initWeights,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of IA3. */
    public static final String PEFT_TYPE = "IA3";

    /** Checks every value. */
    public Ia3Config {
        modulesToSave = List.copyOf(modulesToSave);
        if (modulesToSave.contains("")) {
            throw new PeftException("modules_to_save must not hold an empty name.");
        }
        if (feedForward instanceof Names inner
                && targets.modules() instanceof Names all
                && !all.names().containsAll(inner.names())) {
            throw new PeftException(
                    "feedforward_modules must be some of the names in target_modules, but they are "
                            + inner.names()
                            + " and "
                            + all.names()
                            + ".");
        }
    }

    /** Starts from peft's defaults: keys, values and the feed-forward's way down. */
    public static Ia3ConfigBuilder builder() {
        return new Ia3ConfigBuilder();
    }

    /** Starts from these settings. */
    public Ia3ConfigBuilder toBuilder() {
        return new Ia3ConfigBuilder(this);
    }

    /** Returns whether a target's input is scaled, not its output. */
    boolean scalesInput(String path) {
        return feedForward instanceof Names inner
                ? inner.names().stream().anyMatch(path::endsWith)
                : feedForward != null && feedForward.matches(path);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public Ia3Config withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }

    @Override
    public Ia3Config withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public JsonObject toJson() {
        return Ia3ConfigJson.write(this);
    }
}
