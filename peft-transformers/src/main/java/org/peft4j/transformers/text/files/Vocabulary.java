package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tokens of a tokenizer and their ids: those of its model, and those that were added to it. A
 * token is added as the tokenizers library does: it keeps the id that its text has, or gets the
 * next one, and one of the same text takes its place with other flags.
 */
final class Vocabulary {

    private final Map<String, Integer> model = new HashMap<>();
    private final int modelSize;
    private final TreeMap<Integer, AddedToken> added = new TreeMap<>();
    private final Map<String, Integer> addedIds = new HashMap<>();
    private final Set<String> special = new HashSet<>();

    /** Reads {@code model.vocab}: an object of ids by text, or a list of texts with scores. */
    Vocabulary(JsonElement tokens) {
        if (tokens instanceof JsonObject ids) {
            ids.entrySet()
                    .forEach(
                            entry -> {
                                if (entry.getValue() instanceof JsonPrimitive p && p.isNumber()) {
                                    model.put(entry.getKey(), p.getAsInt());
                                }
                            });
        } else if (tokens instanceof JsonArray list) {
            for (int id = 0; id < list.size(); id++) {
                if (list.get(id) instanceof JsonArray pair
                        && !pair.isEmpty()
                        && pair.get(0) instanceof JsonPrimitive text) {
                    model.put(text.getAsString(), id);
                }
            }
        }
        modelSize = tokens instanceof JsonArray list ? list.size() : model.size();
    }

    /** Adds tokens in their order. */
    void add(List<AddedToken> tokens) {
        tokens.forEach(this::add);
    }

    private void add(AddedToken token) {
        Integer known = addedIds.get(token.content());
        if (token.content().isEmpty() || (known != null && token.equals(added.get(known)))) {
            return;
        }
        Integer of = known == null ? model.get(token.content()) : known;
        int id = of == null ? next() : of;
        addedIds.put(token.content(), id);
        added.put(id, token);
        if (token.special()) {
            special.add(token.content());
        }
    }

    private int next() {
        return added.isEmpty() ? modelSize : Math.max(modelSize, added.lastKey() + 1);
    }

    boolean isAdded(String content) {
        return addedIds.containsKey(content);
    }

    /** Returns the added tokens, without those that another has taken the place of. */
    List<AddedToken> added() {
        return new ArrayList<>(added.values());
    }

    /** Returns the id of a token's text. */
    OptionalLong idOf(String content) {
        Integer id = addedIds.getOrDefault(content, model.get(content));
        return id == null ? OptionalLong.empty() : OptionalLong.of(id);
    }

    /** Returns {@code added_tokens}. What was special once stays so for decoding. */
    JsonArray toJson() {
        JsonArray tokens = new JsonArray();
        added.forEach(
                (id, token) -> {
                    AddedToken last = special.contains(token.content()) ? token.asSpecial() : token;
                    tokens.add(last.toJson(id));
                });
        return tokens;
    }
}
