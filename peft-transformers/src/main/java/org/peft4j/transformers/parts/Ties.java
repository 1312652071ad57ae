package org.peft4j.transformers.parts;

import com.google.gson.JsonObject;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tensors that are others.
 *
 * @param sources for a tensor that is another one's, the name of that other
 * @param cameApart notes in a {@code config.json} that a change has made them differ
 * @param together whether one that differs makes all of them be written: what a config calls apart
 *     may be all of them
 */
public record Ties(Map<String, String> sources, Consumer<JsonObject> cameApart, boolean together) {

    /** Copies the map. */
    public Ties {
        sources = Map.copyOf(sources);
    }

    /** Tensors that {@code tie_word_embeddings} ties. */
    public static Ties ofWords(Map<String, String> sources) {
        return new Ties(sources, config -> config.addProperty("tie_word_embeddings", false), false);
    }
}
