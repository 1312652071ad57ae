package org.peft4j.adapter.selective;

import java.util.Locale;
import java.util.Set;
import org.peft4j.core.TrainedParts.Part;

/** Which parameters of the chosen modules are trained. */
public enum ParameterKind {
    /** Weights and biases. */
    ALL,
    /** Weights, the gains of norms and tables of embeddings. */
    WEIGHTS,
    /** Biases alone, as in BitFit. */
    BIASES;

    Set<Part> parts() {
        return switch (this) {
            case ALL -> Set.of(Part.WEIGHT, Part.BIAS);
            case WEIGHTS -> Set.of(Part.WEIGHT);
            case BIASES -> Set.of(Part.BIAS);
        };
    }

    /** Returns the name in the config's file. */
    String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
