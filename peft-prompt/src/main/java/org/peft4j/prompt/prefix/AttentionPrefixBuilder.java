package org.peft4j.prompt.prefix;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.Encoding;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;

/** Makes the prefixes of one adapter, under AdapterHub's names without the adapter's name. */
final class AttentionPrefixBuilder {

    private static final double GATE_DEVIATION = 0.02;

    private final AttentionPrefixConfig config;
    private final AdapterBuilder builder;
    private final String groups;

    /**
     * Prepares to make them.
     *
     * @param root the path of the transformer itself; may be empty
     */
    AttentionPrefixBuilder(AttentionPrefixConfig config, AdapterBuilder builder, String root) {
        this.config = config;
        this.builder = builder;
        this.groups =
                AdapterBuilder.KEY_PREFIX
                        + (root.isEmpty() ? "" : root + ".")
                        + "prefix_tuning.prefix_tunings.";
    }

    /** Puts a prefix at each attention of a group, but for the layers that are left out. */
    void place(String group, List<AttentionPoint> attentions) {
        List<AttentionPoint> points = attentions.stream().filter(this::isChosen).toList();
        if (points.isEmpty()) {
            return;
        }
        long width = width(points.get(0));
        Encoding matrix = once(matrix(groups + group + ".", 2 * width * points.size()));
        for (int i = 0; i < points.size(); i++) {
            AttentionPoint point = points.get(i);
            if (width(point) != width) {
                throw new PeftException(
                        "the keys of "
                                + point.path()
                                + " have the width "
                                + width(point)
                                + " and those of "
                                + points.get(0).path()
                                + " "
                                + width
                                + ", but the layers share one matrix of prefixes. Use"
                                + " PrefixTuningConfig, or leave layers out.");
            }
            builder.place(
                    point,
                    new PrefixBeside(
                            matrix,
                            config.length(),
                            2L * i * width,
                            gate(point),
                            config.dropout()));
        }
    }

    private boolean isChosen(AttentionPoint point) {
        return builder.points().layer(point.path()).stream().noneMatch(config.leaveOut()::contains);
    }

    private static long width(AttentionPoint point) {
        return (long) point.keyValueHeads() * point.headDim();
    }

    /** The prefixes of a group's layers, [tokens, columns]: by layer, keys before values. */
    private Encoding matrix(String key, long columns) {
        if (config.flat()) {
            Tensor flat =
                    builder.parameter(
                            key + "control_trans",
                            Initializer.normal(1),
                            Math.multiplyExact(config.length(), columns));
            return context -> context.ops().reshape(flat, config.length(), columns);
        }
        PrefixEncoder encoder =
                new PrefixEncoder(
                        new PrefixEncoder.Names(key + "wte", key + "control_trans"),
                        config.length(),
                        Math.toIntExact(builder.info().hiddenSize()),
                        config.bottleneckSize(),
                        columns,
                        config.nonLinearity().activation(),
                        false);
        return encoder.build(builder::parameter);
    }

    private static Encoding once(Encoding encoding) {
        return context -> context.once(encoding, () -> encoding.in(context));
    }

    private @Nullable PrefixGate gate(AttentionPoint point) {
        if (config.gating() == Gating.NONE) {
            return null;
        }
        String key = AdapterBuilder.KEY_PREFIX + point.path() + ".prefix_tuning.prefix_gates.";
        int gates = config.gating() == Gating.SHARED ? 1 : 2;
        int width = Math.toIntExact(builder.info().hiddenSize());
        return new PrefixGate(
                builder.parameter(key + "weight", Initializer.normal(GATE_DEVIATION), gates, width),
                builder.parameter(key + "bias", Initializer.uniform(1 / Math.sqrt(width)), gates));
    }
}
