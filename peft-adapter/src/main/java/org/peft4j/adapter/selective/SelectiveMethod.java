package org.peft4j.adapter.selective;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TrainedParts;
import org.peft4j.core.TrainedParts.Part;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;

/**
 * Trains chosen parameters of the base: float32 copies, which stand in for the frozen ones. A
 * weight that the base ties to another stays one weight; it is trained if any of its modules is
 * chosen.
 */
public final class SelectiveMethod implements PeftMethod {

    @Override
    public String peftType() {
        return SelectiveConfig.PEFT_TYPE;
    }

    @Override
    public SelectiveConfig readConfig(JsonFields json) {
        return SelectiveConfigJson.read(json);
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        SelectiveConfig selective = require(config);
        Choice choice = new Choice(selective, builder.points());
        choice.requireMet();
        boolean any = false;
        for (InjectionPoint point : builder.points().all()) {
            if (!builder.isTaken(point)) {
                any |= train(choice, builder, point);
            }
        }
        if (!any) {
            throw choice.nothingToTrain(builder.info());
        }
    }

    /** Returns whether more of the point is trained than what {@code modules_to_save} asks for. */
    private static boolean train(Choice choice, AdapterBuilder builder, InjectionPoint point) {
        List<LinearPoint> tied =
                point instanceof EmbeddingPoint table ? builder.tiedTo(table) : List.of();
        Set<Part> parts = EnumSet.noneOf(Part.class);
        parts.addAll(choice.parts(point));
        tied.forEach(linear -> parts.addAll(choice.parts(linear)));
        boolean chosen = choice.contains(point) || tied.stream().anyMatch(choice::contains);
        if (point instanceof EmbeddingPoint table
                && parts.contains(Part.WEIGHT)
                && !tied.isEmpty()) {
            builder.trainTied(table, TrainedParts.own(parts));
            return chosen;
        }
        if (builder.isTied(point)) {
            parts.remove(Part.WEIGHT); // it is trained where its table is
        }
        return builder.train(point, TrainedParts.own(parts)) && chosen;
    }

    private static SelectiveConfig require(PeftConfig config) {
        if (config instanceof SelectiveConfig selective) {
            return selective;
        }
        throw new PeftException(
                "a SELECTIVE adapter needs a SelectiveConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }
}
