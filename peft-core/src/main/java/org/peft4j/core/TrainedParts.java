package org.peft4j.core;

import java.util.Set;

/**
 * Which of a module's own parameters an adapter trains copies of. The copies are float32, start as
 * the frozen values and stand in for them.
 *
 * @param parts the weight (of an embedding: the table), the bias, or both
 * @param holder what their keys in the file have between the module's path and the parameter's
 *     name, as {@code base_layer}; empty for the plain name
 * @param added whether they count as added to the base: peft keeps both where it copies a module,
 *     and trains the base's own where it trains a bias
 */
public record TrainedParts(Set<Part> parts, String holder, boolean added) {

    /** A parameter of a module. */
    public enum Part {
        WEIGHT,
        BIAS
    }

    /** The whole module, as peft's {@code modules_to_save}. */
    public static final TrainedParts MODULE =
            new TrainedParts(Set.of(Part.WEIGHT, Part.BIAS), "", true);

    /** The bias alone, as peft's {@code bias} setting. */
    public static final TrainedParts BIAS = new TrainedParts(Set.of(Part.BIAS), "", false);

    /** Copies the set. */
    public TrainedParts {
        parts = Set.copyOf(parts);
    }

    /** These parts of the base's own, in its own names. */
    public static TrainedParts own(Set<Part> parts) {
        return new TrainedParts(parts, "", false);
    }

    /** The same parts with other keys. */
    public TrainedParts heldBy(String name) {
        return new TrainedParts(parts, name, added);
    }

    boolean hasWeight() {
        return parts.contains(Part.WEIGHT);
    }

    boolean hasBias() {
        return parts.contains(Part.BIAS);
    }
}
