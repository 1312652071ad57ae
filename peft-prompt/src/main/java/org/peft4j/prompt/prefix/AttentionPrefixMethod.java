package org.peft4j.prompt.prefix;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.SublayerPoint;

/**
 * Prefixes in the attentions alone, of MAM (He et al. 2022, "Towards a unified view of
 * parameter-efficient transfer learning") and UniPELT (Mao et al. 2022), as AdapterHub's library
 * has them. Parameters have its names without the adapter's name.
 */
public final class AttentionPrefixMethod implements PeftMethod {

    @Override
    public String peftType() {
        return AttentionPrefixConfig.PEFT_TYPE;
    }

    @Override
    public AttentionPrefixConfig readConfig(JsonFields json) {
        return AttentionPrefixConfigJson.read(json);
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        if (!(config instanceof AttentionPrefixConfig prefix)) {
            throw new PeftException(
                    "an ATTENTION_PREFIX adapter needs an AttentionPrefixConfig, not a "
                            + config.getClass().getName()
                            + ".");
        }
        if (builder.isFresh()) {
            requireLayers(prefix.leaveOut(), builder.points());
        }
        PrefixPoints points = PrefixPoints.of(builder.points());
        AttentionPrefixBuilder prefixes =
                new AttentionPrefixBuilder(prefix, builder, root(builder.points()));
        prefixes.place("self_prefix", points.self());
        if (prefix.encoderPrefix()) {
            prefixes.place("encoder_prefix", points.encoder());
        }
        if (prefix.crossPrefix()) {
            prefixes.place("cross_prefix", points.cross());
        }
    }

    /** The path of the transformer itself, where AdapterHub keeps the prefixes of all layers. */
    private static String root(InjectionPoints points) {
        return points.of(SublayerPoint.class).stream()
                .findFirst()
                .map(point -> point.place().root())
                .orElse("");
    }

    /** A layer that is left out and is none is a mistake. */
    private static void requireLayers(List<Integer> leftOut, InjectionPoints points) {
        Set<Integer> unknown = new TreeSet<>(leftOut);
        Set<Integer> known = new TreeSet<>();
        for (AttentionPoint point : points.of(AttentionPoint.class)) {
            points.layer(point.path()).ifPresent(known::add);
        }
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new PeftException(
                    "leave_out names the layers "
                            + unknown
                            + ", but this base has "
                            + known.size()
                            + ", counted from 0.");
        }
    }
}
