package org.peft4j.transformers.parts.rotary;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a family spells its rotary settings outside of {@code rope_parameters}.
 *
 * @param theta the field of the base
 * @param fraction the field of the rotated part of a head, or null where all of it is
 * @param usualFraction the rotated part where no field says it
 * @param usualPretrained {@code original_max_position_embeddings} where that is absent; 0 for
 *     {@code max_position_embeddings}
 * @param types older names of a {@code rope_type}
 */
public record RotaryKeys(
        String theta,
        @Nullable String fraction,
        double usualFraction,
        int usualPretrained,
        Map<String, String> types) {

    /** The whole head is rotated: Llama and most others. */
    public static final RotaryKeys WHOLE_HEAD = new RotaryKeys("rope_theta", null, 1, 0, Map.of());

    /** Copies the map. */
    public RotaryKeys {
        types = Map.copyOf(types);
    }
}
