package org.peft4j.adapter.fusion;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.adapter.bottleneck.Bottleneck;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TrainingHook;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.Placement;
import org.peft4j.core.points.SublayerPoint;

/**
 * AdapterFusion (Pfeiffer et al. 2021): a trained mix of bottleneck adapters that stay as they are.
 */
public final class FusionMethod implements PeftMethod {

    private static final double DEVIATION = 0.02;
    private static final double BESIDE_DIAGONAL = 1e-6;

    /** The weight of the regularisation in the loss. */
    private static final double REGULARIZATION = 0.01;

    @Override
    public String peftType() {
        return FusionConfig.PEFT_TYPE;
    }

    @Override
    public FusionConfig readConfig(JsonFields json) {
        return FusionConfig.read(json);
    }

    private static FusionConfig require(PeftConfig config) {
        if (config instanceof FusionConfig fusion) {
            return fusion;
        }
        throw new PeftException(
                "an ADAPTER_FUSION adapter needs a FusionConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }

    @Override
    public FusionConfig resolve(PeftConfig config, BaseModel base) {
        FusionConfig fusion = require(config);
        if (fusion.dropout() != null) {
            return fusion;
        }
        JsonFields settings = JsonFields.of(java.nio.file.Path.of("config.json"), base.config());
        return fusion.withDropout(
                settings.optionalNumber("attention_probs_dropout_prob").orElse(0));
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        FusionConfig fusion = require(config);
        List<Tensor> regularized = new ArrayList<>();
        boolean any = false;
        for (SublayerPoint point : builder.points().of(SublayerPoint.class)) {
            List<Bottleneck> members = members(fusion, builder, point);
            if (!members.isEmpty()) {
                any = true;
                builder.place(point, fusion(fusion, builder, point, members, regularized));
            }
        }
        if (!any) {
            throw new PeftException(
                    "a fusion mixes bottleneck adapters, and "
                            + fusion.adapterNames()
                            + " have none where they could meet.");
        }
        if (fusion.regularization() && !regularized.isEmpty()) {
            builder.hook(new Regularization(regularized));
        }
    }

    /** The bottlenecks at a point; all adapters must have one there, or none. */
    private static List<Bottleneck> members(
            FusionConfig config, AdapterBuilder builder, SublayerPoint point) {
        List<Bottleneck> members = new ArrayList<>();
        List<String> without = new ArrayList<>();
        for (String name : config.adapterNames()) {
            @Nullable Placement placement = builder.composed(name, point);
            if (placement instanceof Bottleneck bottleneck) {
                members.add(bottleneck);
            } else {
                without.add(name);
            }
        }
        if (!members.isEmpty() && !without.isEmpty()) {
            throw new PeftException(
                    "fused adapters must act at the same places, but "
                            + without
                            + " has no bottleneck at "
                            + point.path()
                            + ", where the others have one. Fuse adapters with the same mh_adapter,"
                            + " cross_adapter, output_adapter and leave_out.");
        }
        return members;
    }

    private static Fusion fusion(
            FusionConfig config,
            AdapterBuilder builder,
            SublayerPoint point,
            List<Bottleneck> members,
            List<Tensor> regularized) {
        String key = AdapterBuilder.KEY_PREFIX + point.place().path() + ".adapter_fusion_layer.";
        long width = point.width();
        @Nullable Tensor value = null;
        if (config.value()) {
            Initializer start =
                    config.valueInitialized()
                            ? FusionMethod::nearIdentity
                            : Initializer.normal(DEVIATION);
            value = builder.parameter(key + "value.weight", start, width, width);
            regularized.add(value);
        }
        return new Fusion(
                config,
                members,
                config.query() ? map(builder, key + "query", width) : null,
                config.key() ? map(builder, key + "key", width) : null,
                value);
    }

    private static Fusion.Map map(AdapterBuilder builder, String key, long width) {
        return new Fusion.Map(
                builder.parameter(key + ".weight", Initializer.normal(DEVIATION), width, width),
                builder.parameter(key + ".bias", Initializer.constant(0), width));
    }

    private static void nearIdentity(
            float[] values, long[] shape, java.util.random.RandomGenerator random) {
        int width = Math.toIntExact(shape[1]);
        for (int i = 0; i < values.length; i++) {
            values[i] = i / width == i % width ? 1 : (float) BESIDE_DIAGONAL;
        }
    }

    /** 0.01 · Σ ‖V − I‖² over the layers. */
    private record Regularization(List<Tensor> values) implements TrainingHook {
        @Override
        public @Nullable Tensor penalty(Ops ops) {
            Tensor sum = ops.offIdentity(values.get(0));
            for (Tensor value : values.subList(1, values.size())) {
                sum = ops.add(sum, ops.offIdentity(value));
            }
            return ops.scale(sum, REGULARIZATION);
        }
    }
}
