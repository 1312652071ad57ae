package org.peft4j.lora;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.NearNames;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenRows;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.targets.TargetSpec.Names;
import org.peft4j.core.targets.Targets;

/** {@code trainable_token_indices}: embeddings of chosen tokens, trained beside LoRA. */
final class LoraTokens {

    /** Stands for the input embedding, where the file has a list and not an object. */
    static final String INPUT = "";

    private static final String KEY = "trainable_token_indices";

    private LoraTokens() {}

    /** Copies and checks the ids. */
    static Map<String, List<Integer>> checked(Map<String, List<Integer>> tokens) {
        tokens.forEach(
                (name, ids) -> {
                    if (ids.isEmpty() || new HashSet<>(ids).size() < ids.size()) {
                        throw new PeftException(
                                KEY + " must hold ids, each once, but holds " + ids + ".");
                    }
                });
        if (tokens.containsKey(INPUT) && tokens.size() > 1) {
            throw new PeftException(
                    KEY + " names embeddings and leaves one without a name. Name all of them.");
        }
        Map<String, List<Integer>> copy = new TreeMap<>();
        tokens.forEach((name, ids) -> copy.put(name, List.copyOf(ids)));
        return Collections.unmodifiableMap(copy);
    }

    static JsonElement toJson(Map<String, List<Integer>> tokens) {
        if (tokens.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        JsonObject object = new JsonObject();
        tokens.forEach(
                (name, ids) -> object.add(name, PeftConfigJson.array(ids, JsonPrimitive::new)));
        return object.has(INPUT) ? object.get(INPUT) : object;
    }

    static Map<String, List<Integer>> read(JsonFields json) {
        Map<String, List<Integer>> tokens = new LinkedHashMap<>();
        if (json.object().get(KEY) instanceof JsonArray) {
            json.optionalIntegers(KEY).ifPresent(ids -> tokens.put(INPUT, ids));
        } else {
            json.optionalObject(KEY)
                    .ifPresent(
                            fields ->
                                    fields.object()
                                            .keySet()
                                            .forEach(
                                                    name ->
                                                            fields.optionalIntegers(name)
                                                                    .ifPresent(
                                                                            ids ->
                                                                                    tokens.put(
                                                                                            name,
                                                                                            ids))));
        }
        return tokens;
    }

    static void place(LoraConfig lora, AdapterBuilder builder) {
        Map<InjectionPoint, List<Integer>> chosen = new LinkedHashMap<>();
        lora.trainableTokens().forEach((name, ids) -> chosen.putAll(named(builder, name, ids)));
        for (InjectionPoint point : chosen.keySet()) {
            if (Targets.isInside(point.path(), lora.modulesToSave())) {
                throw new PeftException(
                        point.path()
                                + " is in modules_to_save, so all of its tokens are trained. Take it"
                                + " out there, or out of "
                                + KEY
                                + ".");
            }
        }
        chosen.forEach(
                (point, ids) -> {
                    if (point instanceof EmbeddingPoint table) {
                        List<LinearPoint> tied = followers(lora, builder, table, chosen);
                        builder.train(table, rows(ids), tied);
                    }
                });
        chosen.forEach(
                (point, ids) -> {
                    if (point instanceof LinearPoint linear && !builder.isTaken(linear)) {
                        builder.train(linear, rows(ids));
                    }
                });
    }

    private static TokenRows rows(List<Integer> ids) {
        return new TokenRows(ids, "token_adapter", true, false);
    }

    private static Map<InjectionPoint, List<Integer>> named(
            AdapterBuilder builder, String name, List<Integer> ids) {
        Map<InjectionPoint, List<Integer>> found = new LinkedHashMap<>();
        if (name.equals(INPUT)) {
            found.put(TokenRows.inputEmbedding(builder.points(), builder.info()), ids);
            return found;
        }
        Names wanted = new Names(List.of(name));
        for (InjectionPoint point : builder.points().all()) {
            boolean holdsTokens =
                    point instanceof EmbeddingPoint
                            || (point instanceof LinearPoint linear
                                    && linear.role() == LinearRole.OUTPUT_EMBEDDING);
            if (holdsTokens && wanted.matches(point.path())) {
                found.put(point, ids);
            }
        }
        if (found.isEmpty()) {
            throw new PeftException(
                    KEY
                            + " names "
                            + name
                            + ", but this base has no embedding of that name. "
                            + NearNames.hint(name, builder.points().paths(EmbeddingPoint.class)));
        }
        return found;
    }

    /** The tied linears that follow: not those that have been given other tokens of their own. */
    private static List<LinearPoint> followers(
            LoraConfig lora,
            AdapterBuilder builder,
            EmbeddingPoint table,
            Map<InjectionPoint, List<Integer>> chosen) {
        List<Integer> ids = chosen.getOrDefault(table, List.of());
        List<LinearPoint> tied = builder.tiedTo(table);
        List<LinearPoint> alike =
                tied.stream().filter(p -> chosen.getOrDefault(p, ids).equals(ids)).toList();
        if (lora.ensureWeightTying() && alike.size() < tied.size()) {
            throw new PeftException(
                    KEY
                            + " has other tokens for modules that are tied to "
                            + table.path()
                            + ". Give them the same, or leave ensure_weight_tying out.");
        }
        return alike;
    }
}
