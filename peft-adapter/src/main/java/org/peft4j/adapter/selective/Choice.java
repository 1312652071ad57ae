package org.peft4j.adapter.selective;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.ModelInfo;
import org.peft4j.core.NearNames;
import org.peft4j.core.PeftException;
import org.peft4j.core.TrainedParts.Part;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.TargetSpec.Names;
import org.peft4j.core.targets.Targets;

/** What a config chooses of a base. */
final class Choice {

    private final SelectiveConfig config;
    private final InjectionPoints points;
    private final Map<String, Integer> layers;

    Choice(SelectiveConfig config, InjectionPoints points) {
        this.config = config;
        this.points = points;
        this.layers = Layers.counts(points.paths());
    }

    /** Returns whether a module is chosen. */
    boolean contains(InjectionPoint point) {
        return isOfKind(point)
                && config.layers().admit(point.path(), layers)
                && (config.modules() == null || matches(config.modules(), point.path()))
                && !matches(config.exclude(), point.path());
    }

    /** Returns which of its parameters are trained. */
    Set<Part> parts(InjectionPoint point) {
        if (Targets.isInside(point.path(), config.modulesToSave())) {
            return ParameterKind.ALL.parts();
        }
        return contains(point) ? config.parameters().parts() : Set.of();
    }

    private boolean isOfKind(InjectionPoint point) {
        return config.kinds().isEmpty()
                || config.kinds().stream().anyMatch(kind -> kind.contains(point));
    }

    private static boolean matches(@Nullable ModulePattern pattern, String path) {
        return pattern instanceof Names list
                ? Targets.isInside(path, list.names())
                : pattern != null && pattern.matches(path);
    }

    /** Fails if something is asked for that this base does not have. */
    void requireMet() {
        for (ModuleKind kind : config.kinds()) {
            if (points.all().stream().noneMatch(kind::contains)) {
                throw new PeftException(
                        "module_kinds names "
                                + kind.configName()
                                + ", but this base has no such modules. It has: "
                                + kinds(points.all())
                                + ".");
            }
        }
        if (config.modules() instanceof Names list) {
            for (String name : list.names()) {
                if (points.paths().stream().noneMatch(p -> Targets.isInside(p, List.of(name)))) {
                    throw new PeftException(
                            "target_modules names "
                                    + name
                                    + ", but this base has no such module. "
                                    + NearNames.hint(name, points.paths()));
                }
            }
        }
        config.layers().requirePresent(layers);
    }

    private static List<String> kinds(List<InjectionPoint> some) {
        return Arrays.stream(ModuleKind.values())
                .filter(kind -> some.stream().anyMatch(kind::contains))
                .map(ModuleKind::configName)
                .toList();
    }

    /** Returns what to say where no chosen module has a chosen parameter. */
    PeftException nothingToTrain(ModelInfo info) {
        String base = "this base (" + info.modelType() + ")";
        if (config.parameters() != ParameterKind.BIASES) {
            return new PeftException(
                    "there is nothing to train: no module of "
                            + base
                            + " is chosen by module_kinds, layers, target_modules and"
                            + " exclude_modules together. Drop one of them.");
        }
        List<InjectionPoint> biased = points.all().stream().filter(Choice::hasBias).toList();
        return new PeftException(
                "there is nothing to train: BitFit trains biases, and "
                        + (biased.isEmpty()
                                ? base + " has none. Train its norms instead, or use LoRA."
                                : "the chosen modules of "
                                        + base
                                        + " have none. These kinds of modules have some: "
                                        + kinds(biased)
                                        + "."));
    }

    private static boolean hasBias(InjectionPoint point) {
        return (point instanceof LinearPoint linear && linear.frozen().bias() != null)
                || (point instanceof NormPoint norm && norm.frozen().bias() != null);
    }
}
