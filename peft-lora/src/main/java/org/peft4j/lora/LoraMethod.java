package org.peft4j.lora;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TrainedParts;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.targets.PatternValues;
import org.peft4j.core.targets.TargetModule;
import org.peft4j.core.targets.TargetModule.Kind;
import org.peft4j.core.targets.TargetReport;
import org.peft4j.core.targets.Targets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Low-rank adaptation (Hu et al. 2021) of linears and embeddings. */
public final class LoraMethod implements PeftMethod {

    private static final Logger LOG = LoggerFactory.getLogger(LoraMethod.class);
    private static final Set<Kind> KINDS = Set.of(Kind.LINEAR, Kind.EMBEDDING);

    /** Where a loss looks at chosen tokens only, so that a gate would not see the others. */
    private static final Set<LinearRole> UNGATED =
            Set.of(LinearRole.OUTPUT_EMBEDDING, LinearRole.TASK_HEAD);

    private static final Set<LinearRole> DEFAULTS =
            Set.of(LinearRole.QUERY, LinearRole.VALUE, LinearRole.QUERY_KEY_VALUE);

    @Override
    public String peftType() {
        return LoraConfig.PEFT_TYPE;
    }

    @Override
    public LoraConfig readConfig(JsonFields json) {
        return LoraConfigJson.read(json);
    }

    @Override
    public LoraConfig resolve(PeftConfig config, BaseModel base) {
        LoraConfig lora = require(config);
        List<TargetModule> modules = TargetModule.of(base.points());
        LoraConfig settled =
                lora.toBuilder()
                        .targets(lora.targets().settle(modules, DEFAULTS))
                        .modulesToSave(TiedModules.toSave(lora, base))
                        .build();
        TargetReport report = settled.targets().select(modules, KINDS, settled.modulesToSave());
        TiedModules.check(settled, base, report.selected());
        return settled.toBuilder().fanInFanOut(storesInOut(base, report.selected())).build();
    }

    private static LoraConfig require(PeftConfig config) {
        if (config instanceof LoraConfig lora) {
            return lora;
        }
        throw new PeftException(
                "a LORA adapter needs a LoraConfig, not a " + config.getClass().getName() + ".");
    }

    private static boolean storesInOut(BaseModel base, List<String> selected) {
        return base.points().of(LinearPoint.class).stream()
                .filter(point -> selected.contains(point.path()))
                .anyMatch(point -> point.layout() == LinearPoint.Layout.IN_OUT);
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        LoraConfig lora = require(config);
        if (builder.isFresh() && !lora.initialization().canStart()) {
            throw new PeftException(
                    "a fresh adapter cannot start with init_lora_weights = "
                            + lora.initialization().toJson()
                            + " here. Start it with the default, or in Python.");
        }
        if (lora.initialization() == LoraInitialization.MICA) {
            LOG.warn(
                    "init_lora_weights is mica: Python trains lora_A alone, and this library both");
        }
        TargetReport report = builder.select(lora.targets(), KINDS, lora.modulesToSave());
        requireUse(lora.rankPattern(), "rank_pattern", report, builder.isFresh());
        requireUse(lora.alphaPattern(), "alpha_pattern", report, builder.isFresh());
        Set<String> selected = Set.copyOf(report.selected());
        for (LinearPoint point : builder.points().of(LinearPoint.class)) {
            if (selected.contains(point.path())) {
                placeLinear(lora, builder, point);
            }
        }
        for (EmbeddingPoint point : builder.points().of(EmbeddingPoint.class)) {
            if (selected.contains(point.path())) {
                placeEmbedding(lora, builder, point);
            }
        }
        LoraTokens.place(lora, builder);
        if (lora.bias() == LoraBias.ALL) {
            placeOtherBiases(lora, builder);
        }
    }

    /**
     * A pattern without effect, or with another effect after a round through the file, is a trap.
     */
    private static void requireUse(
            PatternValues<?> pattern, String key, TargetReport report, boolean fresh) {
        List<String> problems = new ArrayList<>();
        List<String> unused = pattern.unused(report.selected());
        if (!unused.isEmpty()) {
            problems.add(
                    key
                            + " has "
                            + unused
                            + ", which matches no target module. The targets are: "
                            + report.selected()
                            + ".");
        }
        List<String> changed = pattern.changedBySorting(report.selected());
        if (!changed.isEmpty()) {
            problems.add(
                    key
                            + " = "
                            + pattern
                            + " has several entries for "
                            + changed
                            + ", and the file keeps them sorted, so that another one would win after"
                            + " saving. Put them in sorted order, or make them exclude each other.");
        }
        if (fresh && !problems.isEmpty()) {
            throw new PeftException(problems.get(0));
        }
        problems.forEach(LOG::warn);
    }

    private static void placeLinear(LoraConfig lora, AdapterBuilder builder, LinearPoint point) {
        String key = AdapterBuilder.KEY_PREFIX + point.path();
        int r = lora.rankAt(point.path());
        LoraInitialization start = lora.initialization();
        Tensor a = builder.parameter(key + ".lora_A.weight", start.a(r), r, point.in());
        Tensor b = builder.parameter(key + ".lora_B.weight", start.b(), point.out(), r);
        @Nullable Tensor c =
                lora.loraBias()
                        ? builder.parameter(key + ".lora_B.bias", start.c(r), point.out())
                        : null;
        LoraLinear placement =
                new LoraLinear(
                        a, b, c, scaling(lora, point), gate(lora, builder, point), lora.dropout());
        if (lora.bias() == LoraBias.NONE) {
            builder.place(point, placement);
        } else {
            builder.train(point, TrainedParts.BIAS.heldBy("base_layer"), placement);
        }
    }

    private static double scaling(LoraConfig lora, LinearPoint point) {
        return lora.useGating() ? 1 : lora.scalingAt(point.path());
    }

    /** Starts as AdapterHub's, somewhere near one half. */
    private static LoraLinear.@Nullable Gate gate(
            LoraConfig lora, AdapterBuilder builder, LinearPoint point) {
        if (!lora.useGating()) {
            return null;
        }
        if (UNGATED.contains(point.role())) {
            throw ungated(point);
        }
        String key = AdapterBuilder.KEY_PREFIX + point.path() + ".lora_gate";
        Initializer bias = Initializer.uniform(1 / Math.sqrt((double) point.in()));
        return new LoraLinear.Gate(
                builder.parameter(key + ".weight", Initializer.normal(0.02), 1, point.in()),
                builder.parameter(key + ".bias", bias, 1));
    }

    private static PeftException ungated(InjectionPoint point) {
        return new PeftException(
                "gates (useGating) are for linears between embeddings and head, but "
                        + point.path()
                        + " is a target and is none. Exclude it, or leave the gates out.");
    }

    private static void placeEmbedding(
            LoraConfig lora, AdapterBuilder builder, EmbeddingPoint point) {
        if (lora.useGating()) {
            throw ungated(point);
        }
        if (lora.loraBias()) {
            throw new PeftException(
                    "lora_bias does not go with an embedding as a target, but "
                            + point.path()
                            + " is one. Exclude it, or leave lora_bias out.");
        }
        builder.warnOfOtherRows(point);
        String key = AdapterBuilder.KEY_PREFIX + point.path();
        int r = lora.rankAt(point.path());
        LoraInitialization start = lora.initialization();
        Tensor a =
                builder.parameter(
                        key + ".lora_embedding_A", start.embeddingA(), r, point.vocabulary());
        Tensor b =
                builder.parameter(key + ".lora_embedding_B", start.embeddingB(), point.width(), r);
        builder.place(point, new LoraEmbedding(a, b, lora.scalingAt(point.path())));
    }

    private static void placeOtherBiases(LoraConfig lora, AdapterBuilder builder) {
        for (InjectionPoint point : builder.points().all()) {
            if (!builder.isTaken(point) && !isSaved(lora, point.path())) {
                builder.train(point, TrainedParts.BIAS);
            }
        }
    }

    private static boolean isSaved(LoraConfig lora, String path) {
        return Targets.isSaved(path, lora.modulesToSave());
    }
}
