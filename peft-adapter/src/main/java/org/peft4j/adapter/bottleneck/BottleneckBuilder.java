package org.peft4j.adapter.bottleneck;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.SublayerPoint;

/** Makes the bottlenecks of one adapter, under AdapterHub's names without the adapter's name. */
final class BottleneckBuilder {

    private final BottleneckConfig config;
    private final AdapterBuilder builder;
    private final HypercomplexBuilder hypercomplex;

    BottleneckBuilder(BottleneckConfig config, AdapterBuilder builder) {
        this.config = config;
        this.builder = builder;
        this.hypercomplex = new HypercomplexBuilder(config.hypercomplex(), builder);
    }

    Bottleneck at(SublayerPoint point) {
        if (!config.norms().originalAfter() && point.sum() == SublayerPoint.Sum.SHARED) {
            throw new PeftException(
                    "original_ln_after = false cannot be at "
                            + point.path()
                            + ", whose output is added to the stream together with another's. Leave"
                            + " it true.");
        }
        String key = AdapterBuilder.KEY_PREFIX + point.place().path() + ".adapters.";
        long width = point.width();
        Bottleneck.Settings settings =
                new Bottleneck.Settings(
                        config.norms(),
                        config.nonLinearity().activation(),
                        config.isParallel(),
                        config.scaling().factor(),
                        config.dropout());
        long inner = config.reductionFactor().bottleneck(point.place().layer(), width);
        // behind a norm, AdapterHub's map down is the second of its modules
        String down = key + (config.norms().before() ? "adapter_down.1" : "adapter_down.0");
        Bottleneck.Weights weights =
                new Bottleneck.Weights(
                        down(point, down, inner),
                        up(point, key + "adapter_up", inner),
                        config.norms().before() ? norm(key + "adapter_norm_before", width) : null,
                        scale(key + "scaling", width),
                        config.useGating() ? gate(key + "gate", width) : null,
                        config.norms().after() ? norm(key + "adapter_norm_after", width) : null);
        return new Bottleneck(settings, weights, point.norm());
    }

    private Projection down(SublayerPoint point, String key, long inner) {
        return config.usesHypercomplex()
                ? hypercomplex.down(point, key, inner)
                : linear(key, config.initialization().down(), inner, point.width());
    }

    private Projection up(SublayerPoint point, String key, long inner) {
        return config.usesHypercomplex()
                ? hypercomplex.up(point, key, inner)
                : linear(key, config.initialization().up(), point.width(), inner);
    }

    private Projection linear(String key, Initializer weight, long out, long in) {
        return new Projection.Linear(
                builder.parameter(key + ".weight", weight, out, in),
                builder.parameter(key + ".bias", Initializer.constant(0), out));
    }

    private @Nullable Tensor scale(String key, long width) {
        return switch (config.scaling().kind()) {
            case FIXED -> null;
            case LEARNED -> builder.parameter(key, Initializer.constant(1), 1);
            case CHANNEL -> builder.parameter(key, Initializer.constant(1), width);
        };
    }

    private Bottleneck.Gate gate(String key, long width) {
        return new Bottleneck.Gate(
                builder.parameter(key + ".weight", config.initialization().gate(), 1, width),
                builder.parameter(key + ".bias", Initializer.constant(0), 1));
    }

    private Ops.AffineNorm norm(String key, long width) {
        return new Ops.AffineNorm(
                builder.parameter(key + ".weight", Initializer.constant(1), width),
                builder.parameter(key + ".bias", Initializer.constant(0), width));
    }
}
