package org.peft4j.lora;

import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.targets.Targets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code ensure_weight_tying} means on a base whose output embedding is its input embedding.
 */
final class TiedModules {

    private static final Logger LOG = LoggerFactory.getLogger(TiedModules.class);

    private TiedModules() {}

    /**
     * Returns {@code modules_to_save} as peft saves it: where tying is ensured, the embedding by
     * its whole path in place of the linears that follow it.
     */
    static List<String> toSave(LoraConfig config, BaseModel base) {
        List<String> names = new ArrayList<>(config.modulesToSave());
        if (!config.ensureWeightTying()) {
            return names;
        }
        for (EmbeddingPoint embedding : base.points().of(EmbeddingPoint.class)) {
            List<LinearPoint> tied = base.tiedTo(embedding);
            boolean named =
                    tied.stream().anyMatch(point -> Targets.isInside(point.path(), names))
                            || Targets.isInside(embedding.path(), names);
            if (!tied.isEmpty() && named) {
                if (!names.contains(embedding.path())) {
                    names.add(embedding.path());
                }
                names.removeIf(
                        name ->
                                tied.stream()
                                        .anyMatch(
                                                point ->
                                                        point.path().equals(name)
                                                                || point.path()
                                                                        .endsWith("." + name)));
            }
        }
        return names;
    }

    /** Warns of what will come apart, and refuses to tie low-rank changes. */
    static void check(LoraConfig config, BaseModel base, List<String> targets) {
        boolean any = false;
        for (EmbeddingPoint embedding : base.points().of(EmbeddingPoint.class)) {
            for (LinearPoint linear : base.tiedTo(embedding)) {
                boolean targeted =
                        targets.contains(embedding.path()) || targets.contains(linear.path());
                boolean saved =
                        Targets.isInside(embedding.path(), config.modulesToSave())
                                || Targets.isInside(linear.path(), config.modulesToSave());
                any |= saved;
                if (config.ensureWeightTying() && targeted) {
                    throw new PeftException(
                            "ensure_weight_tying is not supported for target modules, but "
                                    + embedding.path()
                                    + " or "
                                    + linear.path()
                                    + " is one. Name it in modules_to_save instead, or leave"
                                    + " ensure_weight_tying out.");
                }
                if (!config.ensureWeightTying() && (targeted || saved)) {
                    LOG.warn(
                            "{} and {} share one weight in this base, and the adapter changes only"
                                    + " what its config names; set ensure_weight_tying to train them"
                                    + " as one",
                            embedding.path(),
                            linear.path());
                }
            }
        }
        if (config.ensureWeightTying() && !any) {
            LOG.warn(
                    "ensure_weight_tying is set, but modules_to_save names no module that is tied to"
                            + " another in this base");
        }
    }
}
