package org.peft4j.core.points;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;

/**
 * The embedded sequence of an encoder or a decoder, before its first layer.
 *
 * @param path the path of the encoder or decoder; may be empty, for that of the whole base
 * @param kind which of the two
 * @param width the width of an embedding
 */
public record InputPoint(String path, Kind kind, long width) implements InjectionPoint {

    /** Whose input it is. */
    public enum Kind {
        /** Every position sees all others. */
        ENCODER,
        /** A position sees those before it. */
        DECODER
    }

    /** Passes the input through whatever this pass's selection placed here. */
    public InputFlow forward(ForwardContext context, InputFlow flow) {
        List<RowGroup<InputPlacement>> groups = context.at(this);
        List<InputPlacement> placements = groups.get(0).placements();
        if (!groups.stream().allMatch(group -> group.placements().equals(placements))) {
            throw new PeftException(
                    "rows of one batch cannot have different adapters at the input, because their"
                            + " lengths would differ. Run one batch for each of these adapters.");
        }
        InputFlow changed = flow;
        for (InputPlacement placement : placements) {
            changed = placement.forward(context, changed);
        }
        return changed;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
