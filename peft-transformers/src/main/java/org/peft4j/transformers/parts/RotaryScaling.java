package org.peft4j.transformers.parts;

import java.util.List;
import java.util.Optional;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/**
 * How rotary embeddings stretch beyond the length of pretraining: the {@code rope_type} of a {@code
 * config.json} and its numbers.
 */
public sealed interface RotaryScaling {

    /** Positions count as they are. */
    record Default() implements RotaryScaling {}

    /** Positions are divided by a factor (Chen et al. 2023). */
    record Linear(double factor) implements RotaryScaling {}

    /**
     * The base grows with the sequence once that is longer than in pretraining ("dynamic NTK").
     *
     * @param factor how far
     * @param pretrained the positions of pretraining
     */
    record Dynamic(double factor, int pretrained) implements RotaryScaling {}

    /**
     * Low frequencies are divided by a factor, high ones kept, those between blended (Llama 3.1).
     *
     * @param factor the divisor
     * @param low wavelengths above pretrained / low are divided
     * @param high wavelengths below pretrained / high are kept
     * @param pretrained the positions of pretraining
     */
    record Llama3(double factor, double low, double high, int pretrained)
            implements RotaryScaling {}

    /** The spellings of {@code rope_type} that are understood. */
    List<String> TYPES = List.of("default", "linear", "dynamic", "llama3");

    /**
     * The rotary settings of a config.
     *
     * @param theta the base of the frequencies
     * @param scaling how they stretch
     */
    record Settings(double theta, RotaryScaling scaling) {}

    /**
     * Reads {@code rope_parameters} as transformers 5 writes it, or {@code rope_theta} and {@code
     * rope_scaling} of earlier versions; the latter win, as they do there.
     *
     * @param config the whole {@code config.json}
     * @param maxPositions its {@code max_position_embeddings}
     * @throws BadFileException if the type is unknown or a number is missing or wrong
     */
    static Settings read(JsonFields config, int maxPositions) {
        Optional<JsonFields> given =
                config.optionalObject("rope_scaling")
                        .filter(fields -> !fields.object().isEmpty())
                        .or(() -> config.optionalObject("rope_parameters"));
        double outer = config.has("rope_theta") ? positive(config, "rope_theta") : 10_000;
        if (given.isEmpty()) {
            return new Settings(outer, new Default());
        }
        JsonFields rope = given.get();
        double theta = rope.has("rope_theta") ? positive(rope, "rope_theta") : outer;
        if (rope.has("partial_rotary_factor") && rope.number("partial_rotary_factor") != 1) {
            throw rope.mustBe("partial_rotary_factor", "1 for this family");
        }
        return new Settings(theta, scaling(config, rope, maxPositions));
    }

    private static RotaryScaling scaling(JsonFields config, JsonFields rope, int maxPositions) {
        String key = rope.has("rope_type") ? "rope_type" : "type";
        return switch (rope.optionalString(key).orElse("default")) {
            case "default" -> new Default();
            case "linear" -> new Linear(factor(rope));
            case "dynamic" -> new Dynamic(factor(rope), maxPositions);
            case "llama3" -> llama3(config, rope, maxPositions);
            default -> throw rope.mustBe(key, "one of " + String.join(", ", TYPES));
        };
    }

    private static Llama3 llama3(JsonFields config, JsonFields rope, int maxPositions) {
        String key = "original_max_position_embeddings";
        int pretrained =
                config.optionalPositiveInt(key)
                        .orElseGet(() -> rope.optionalPositiveInt(key).orElse(maxPositions));
        double low = positive(rope, "low_freq_factor");
        double high = positive(rope, "high_freq_factor");
        if (high <= low) {
            throw rope.mustBe("high_freq_factor", "above low_freq_factor, " + low + ",");
        }
        return new Llama3(factor(rope), low, high, pretrained);
    }

    private static double factor(JsonFields rope) {
        double factor = rope.number("factor");
        if (!(factor >= 1)) {
            throw rope.mustBe("factor", "a number from 1 up");
        }
        return factor;
    }

    private static double positive(JsonFields fields, String key) {
        double value = fields.number(key);
        if (!(value > 0)) {
            throw fields.mustBe(key, "a positive number");
        }
        return value;
    }
}
