package org.peft4j.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.targets.Targets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trained copies of whole modules, peft's {@code modules_to_save}, beside what a method does. */
final class ModulesToSave {

    private static final Logger LOG = LoggerFactory.getLogger(ModulesToSave.class);

    private final AdapterBuilder builder;
    private final BaseModel base;
    private final Set<InjectionPoint> copied = new HashSet<>();

    ModulesToSave(AdapterBuilder builder, BaseModel base) {
        this.builder = builder;
        this.base = base;
    }

    /**
     * Trains copies of whole modules.
     *
     * @param names endings of module paths, such as {@code lm_head} or {@code norm}, which need not
     *     begin at a dot; a module that holds others stands for all of them
     * @param keepTied whether modules that share a weight in the base go on sharing the copy
     */
    void place(List<String> names, boolean keepTied) {
        if (keepTied) {
            StandIns copies = new StandIns(builder, TrainedParts.MODULE);
            for (EmbeddingPoint embedding : base.points().of(EmbeddingPoint.class)) {
                List<LinearPoint> tied = base.tiedTo(embedding);
                if (isNamed(embedding, names) || tied.stream().anyMatch(p -> isNamed(p, names))) {
                    copies.placeTied(embedding, tied, true);
                    copied.add(embedding);
                    copied.addAll(tied);
                }
            }
        }
        names.forEach(this::place);
    }

    private void place(String name) {
        boolean found = false;
        for (InjectionPoint point : base.points().all()) {
            if (isNamed(point, List.of(name))) {
                requireFree(point, name);
                found |= builder.isTaken(point) || builder.train(point, TrainedParts.MODULE);
            }
        }
        if (!found && !base.headModules().contains(name)) {
            String missing =
                    "modules_to_save names "
                            + name
                            + ", but this base has no module with weights whose path ends so. "
                            + NearNames.hint(name, base.points().paths());
            if (builder.isFresh()) {
                throw new PeftException(missing);
            }
            LOG.warn(missing);
        }
    }

    /** A module that a method acts on must not be saved by the accident that its name ends so. */
    private void requireFree(InjectionPoint point, String name) {
        if (!copied.contains(point)
                && builder.isTaken(point)
                && !Targets.isInside(point.path(), List.of(name))) {
            throw new PeftException(
                    point.path()
                            + " is a target, and modules_to_save means it too, because its path ends"
                            + " in "
                            + name
                            + ". Write more of the path there, or take the module out of the"
                            + " targets.");
        }
        copied.add(point);
    }

    /**
     * Trains copies of those modules of the task's head that the adapter's file holds, whether its
     * config names them or not; peft's prompt methods have no {@code modules_to_save}.
     *
     * @param stored the adapter's file, or null for a fresh adapter
     */
    void placeStoredHead(@Nullable StoredAdapter stored) {
        if (stored == null) {
            return;
        }
        for (String name : base.headModules()) {
            List<InjectionPoint> modules =
                    base.points().all().stream()
                            .filter(point -> isNamed(point, List.of(name)))
                            .toList();
            if (modules.stream().anyMatch(point -> isHeld(point, stored))) {
                place(name);
            } else if (!modules.isEmpty()) {
                LOG.warn(
                        "{} holds no {}: unless it is selected with an adapter that does, the base's"
                                + " own will answer the task",
                        stored.weights().path(),
                        name);
            }
        }
    }

    /** Returns whether a file holds a module's own parameters, not just what acts on them. */
    private boolean isHeld(InjectionPoint point, StoredAdapter stored) {
        return stored.weights().names().contains(builder.moduleKey(point, "weight"))
                || stored.weights().names().contains(builder.moduleKey(point, "bias"));
    }

    private static boolean isNamed(InjectionPoint point, List<String> names) {
        return Targets.isSaved(point.path(), names);
    }
}
