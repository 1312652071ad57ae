package org.peft4j.lora;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.Locale;
import java.util.Optional;
import org.peft4j.core.Initializer;

/** How a fresh adapter starts, peft's {@code init_lora_weights}. */
public enum LoraInitialization {
    /** A from U(±1/√in), B zero: the adapter changes nothing yet. */
    DEFAULT,
    /** A from N(0, 1/r²), B zero: the adapter changes nothing yet. */
    GAUSSIAN,
    /** Both random, so that the adapter changes the output from the start; for tests. */
    RANDOM,
    /**
     * A and B orthogonal, in Python only. How a trained adapter started has no effect on it, so
     * that one is read and written; a fresh one can't start so here.
     */
    ORTHOGONAL,
    /** A from the directions in which activations vary most (Paischer et al. 2024); as above. */
    EVA,
    /**
     * B from the directions in which the weight does least, A zero; Python trains A alone. As
     * above.
     */
    MICA;

    /** Returns the value in {@code adapter_config.json}. */
    JsonElement toJson() {
        return switch (this) {
            case DEFAULT -> new JsonPrimitive(true);
            case GAUSSIAN -> new JsonPrimitive("gaussian");
            case RANDOM -> new JsonPrimitive(false);
            case ORTHOGONAL -> new JsonPrimitive("orthogonal");
            case EVA -> new JsonPrimitive("eva");
            case MICA -> new JsonPrimitive("mica");
        };
    }

    /** Reads the value in {@code adapter_config.json}; nothing for what is not implemented. */
    static Optional<LoraInitialization> fromJson(JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return Optional.of(primitive.getAsBoolean() ? DEFAULT : RANDOM);
        }
        if (!(value instanceof JsonPrimitive text) || !text.isString()) {
            return Optional.empty();
        }
        return switch (text.getAsString()) {
            case "orthogonal" -> Optional.of(ORTHOGONAL);
            case "eva" -> Optional.of(EVA);
            case "mica" -> Optional.of(MICA);
            default ->
                    text.getAsString().toLowerCase(Locale.ROOT).equals("gaussian")
                            ? Optional.of(GAUSSIAN)
                            : Optional.empty();
        };
    }

    /** Returns whether a fresh adapter can start so. */
    boolean canStart() {
        return this != ORTHOGONAL && this != EVA && this != MICA;
    }

    /** Fills A of a linear. */
    Initializer a(int rank) {
        return this == GAUSSIAN ? Initializer.normal(1.0 / rank) : Initializer.kaimingUniform();
    }

    /** Fills B of a linear. */
    Initializer b() {
        return this == RANDOM ? Initializer.kaimingUniform() : Initializer.constant(0);
    }

    /** Fills the bias of B. */
    Initializer c(int rank) {
        return this == RANDOM ? Initializer.uniform(1 / Math.sqrt(rank)) : Initializer.constant(0);
    }

    /** Fills A of an embedding. */
    Initializer embeddingA() {
        return this == RANDOM ? Initializer.normal(1) : Initializer.constant(0);
    }

    /** Fills B of an embedding. */
    Initializer embeddingB() {
        return Initializer.normal(1);
    }
}
