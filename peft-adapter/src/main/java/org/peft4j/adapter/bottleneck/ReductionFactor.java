package org.peft4j.adapter.bottleneck;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;

/**
 * By how much a bottleneck is narrower than the residual stream, {@code reduction_factor}: one
 * number, or one for each layer.
 *
 * @param usual the factor of every layer that has none of its own, or null if each has
 * @param layers factors by the number of the layer
 */
public record ReductionFactor(@Nullable Double usual, Map<Integer, Double> layers) {

    private static final String DEFAULT = "default";

    /** Checks every factor. */
    public ReductionFactor {
        layers = Map.copyOf(layers);
        if (usual != null) {
            requirePositive(DEFAULT, usual);
        }
        layers.forEach((layer, factor) -> requirePositive("layer " + layer, factor));
        if (usual == null && layers.isEmpty()) {
            throw new PeftException("reduction_factor names no number. Give one, such as 16.");
        }
    }

    /** The same factor in every layer. */
    public static ReductionFactor of(double factor) {
        return new ReductionFactor(factor, Map.of());
    }

    private static void requirePositive(String what, double factor) {
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new PeftException(
                    "reduction_factor of "
                            + what
                            + " must be a positive number but is "
                            + factor
                            + ".");
        }
    }

    /**
     * Returns the width of the bottleneck in a layer, at least 1.
     *
     * @param layer its number, from 0; a decoder's layers count on from its encoder's
     * @param width of the residual stream
     * @throws PeftException if the layer has no factor
     */
    public long bottleneck(int layer, long width) {
        Double factor = layers.getOrDefault(layer, usual);
        if (factor == null) {
            throw new PeftException(
                    "reduction_factor has no entry for layer "
                            + layer
                            + " and no default. Add \"default\", such as {\"1\": 8, \"default\": 16}.");
        }
        return Math.max(1, (long) Math.floor(width / factor));
    }

    static ReductionFactor read(JsonFields json, String key) {
        if (!(json.object().get(key) instanceof JsonObject)) {
            return of(json.number(key));
        }
        JsonFields entries = json.object(key);
        Map<Integer, Double> layers = new TreeMap<>();
        @Nullable Double usual = null;
        for (String name : entries.object().keySet()) {
            double factor = entries.number(name);
            if (name.equals(DEFAULT)) {
                usual = factor;
            } else if (name.matches("\\d{1,6}")) {
                layers.put(Integer.parseInt(name), factor);
            } else {
                throw json.mustBe(
                        key, "a number, or an object of layers' numbers and \"default\",");
            }
        }
        return new ReductionFactor(usual, layers);
    }

    JsonElement toJson() {
        if (layers.isEmpty() && usual != null) {
            return number(usual);
        }
        JsonObject json = new JsonObject();
        new TreeMap<>(layers)
                .forEach((layer, factor) -> json.add(String.valueOf(layer), number(factor)));
        if (usual != null) {
            json.add(DEFAULT, number(usual));
        }
        return json;
    }

    private static JsonPrimitive number(double value) {
        return PeftConfigJson.number(value);
    }
}
