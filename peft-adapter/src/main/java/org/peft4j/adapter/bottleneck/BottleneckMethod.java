package org.peft4j.adapter.bottleneck;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.SublayerPoint;

/** Bottleneck adapters (Houlsby et al. 2019), Compacter's among them. */
public final class BottleneckMethod implements PeftMethod {

    @Override
    public String peftType() {
        return BottleneckConfig.PEFT_TYPE;
    }

    @Override
    public BottleneckConfig readConfig(JsonFields json) {
        return BottleneckConfigJson.read(json);
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        if (!(config instanceof BottleneckConfig settings)) {
            throw new PeftException(
                    "a BOTTLENECK adapter needs a BottleneckConfig, not a "
                            + config.getClass().getName()
                            + ".");
        }
        List<SublayerPoint> points = builder.points().of(SublayerPoint.class);
        if (builder.isFresh()) {
            requireLayers(settings, points);
        }
        BottleneckBuilder bottlenecks = new BottleneckBuilder(settings, builder);
        for (SublayerPoint point : points) {
            if (settings.places().has(point)) {
                builder.place(point, bottlenecks.at(point));
            }
        }
    }

    /** A layer that is left out and is none is a mistake. */
    private static void requireLayers(BottleneckConfig config, List<SublayerPoint> points) {
        Set<Integer> unknown = new TreeSet<>(config.places().leaveOut());
        unknown.addAll(config.reductionFactor().layers().keySet());
        points.forEach(point -> unknown.remove(point.place().layer()));
        if (!unknown.isEmpty()) {
            throw new PeftException(
                    "leave_out or reduction_factor names the layers "
                            + unknown
                            + ", but this base has "
                            + points.stream().mapToInt(p -> p.place().layer() + 1).max().orElse(0)
                            + ", counted from 0.");
        }
    }
}
