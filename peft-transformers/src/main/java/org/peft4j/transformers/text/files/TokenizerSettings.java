package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.JsonFiles;

/**
 * What the small files beside a {@code tokenizer.json} say: {@code tokenizer_config.json}, and
 * where that lists no {@code added_tokens_decoder}, the older {@code special_tokens_map.json} and
 * {@code added_tokens.json}. Read as {@code transformers} 5 reads them.
 */
final class TokenizerSettings {

    static final String CONFIG = "tokenizer_config.json";
    private static final String MAP = "special_tokens_map.json";
    private static final String ADDED = "added_tokens.json";
    private static final String DECODER = "added_tokens_decoder";
    private static final String EXTRA = "extra_special_tokens";
    private static final String ADDITIONAL = "additional_special_tokens";

    /** The names that every tokenizer may give a token, in the order in which tokens are added. */
    static final List<String> NAMES =
            List.of(
                    "bos_token",
                    "eos_token",
                    "unk_token",
                    "sep_token",
                    "pad_token",
                    "cls_token",
                    "mask_token");

    private final Path file;
    private final JsonObject config;
    private final TreeMap<Integer, AddedToken> added = new TreeMap<>();
    private final Map<String, AddedToken> byText = new HashMap<>();
    private final Map<String, NamedToken> ownNames = new LinkedHashMap<>();
    private @Nullable List<NamedToken> extra;

    private TokenizerSettings(Path file, JsonObject config) {
        this.file = file;
        this.config = config;
    }

    /**
     * Reads the files of a directory, of which any may be missing.
     *
     * @param tokenizer {@code tokenizer.json}, or null where there is none
     */
    static TokenizerSettings read(Path directory, @Nullable JsonObject tokenizer) {
        Path file = directory.resolve(CONFIG);
        JsonObject config = Files.exists(file) ? JsonFiles.read(file) : new JsonObject();
        TokenizerSettings settings = new TokenizerSettings(file, config.deepCopy());
        settings.read(directory, Optional.ofNullable(tokenizer));
        return settings;
    }

    private void read(Path directory, Optional<JsonObject> tokenizer) {
        extraTokens(config, file);
        if (config.get(DECODER) instanceof JsonObject decoder) {
            decoder.entrySet().forEach(entry -> addDecoded(entry.getKey(), entry.getValue()));
            return;
        }
        Path map = directory.resolve(MAP);
        if (Files.exists(map)) {
            merge(map, JsonFiles.read(map));
        }
        Path older = directory.resolve(ADDED);
        if (Files.exists(older)) {
            olderTokens(older, JsonFields.read(older));
        }
        tokenizer.ifPresent(
                json -> {
                    if (json.get("added_tokens") instanceof JsonArray tokens) {
                        Path of = directory.resolve("tokenizer.json");
                        tokens.forEach(token -> addSerialized(of, token));
                    }
                });
    }

    private void addDecoded(String id, JsonElement token) {
        if (!id.matches("\\d{1,9}") || !(token instanceof JsonObject object)) {
            throw fields().mustBe(DECODER, "an object of ids and tokens with content and flags");
        }
        put(Integer.parseInt(id), AddedToken.read(file, DECODER + "." + id, object, false));
    }

    private void addSerialized(Path of, JsonElement token) {
        if (token instanceof JsonObject object
                && object.get("id") instanceof JsonPrimitive id
                && id.isNumber()) {
            put(id.getAsInt(), AddedToken.read(of, "added_tokens", object, false));
        }
    }

    private void put(int id, AddedToken token) {
        added.put(id, token);
        byText.put(token.content(), token);
    }

    /**
     * Extra tokens are listed, or named in an object; the older name counts where this is empty.
     */
    private void extraTokens(JsonObject source, Path where) {
        JsonElement listed = source.get(EXTRA);
        boolean empty =
                listed == null
                        || listed.isJsonNull()
                        || (listed instanceof JsonArray a && a.isEmpty())
                        || (listed instanceof JsonObject o && o.isEmpty());
        if (empty && source.has(ADDITIONAL)) {
            listed = source.get(ADDITIONAL);
        }
        if (listed instanceof JsonObject named) {
            named.entrySet()
                    .forEach(
                            entry ->
                                    ownNames.put(
                                            entry.getKey(),
                                            token(where, entry.getKey(), entry.getValue(), true)));
        } else if (listed instanceof JsonArray list) {
            extra = list(where, list);
        } else if (listed != null && !listed.isJsonNull()) {
            throw new BadFileException(
                    where,
                    "must have a list or an object of tokens under " + EXTRA,
                    "Correct it by hand");
        }
    }

    private static List<NamedToken> list(Path where, JsonArray list) {
        List<NamedToken> tokens = new ArrayList<>();
        list.forEach(element -> tokens.add(token(where, EXTRA, element, true)));
        return tokens;
    }

    private static NamedToken token(Path where, String key, JsonElement value, boolean special) {
        return NamedToken.read(where, key, value, special)
                .orElseThrow(
                        () ->
                                new BadFileException(
                                        where,
                                        "must have a token's text, or an object with it as content,"
                                                + " under "
                                                + key,
                                        "Correct it by hand"));
    }

    /** What the map says goes before what the config says. */
    private void merge(Path map, JsonObject tokens) {
        tokens.entrySet()
                .forEach(
                        entry -> {
                            String key = entry.getKey();
                            if (key.equals(EXTRA) && entry.getValue() instanceof JsonArray list) {
                                List<NamedToken> all =
                                        new ArrayList<>(extra == null ? List.of() : extra);
                                for (NamedToken token : list(map, list)) {
                                    if (!all.contains(token)) {
                                        all.add(token);
                                    }
                                }
                                extra = all;
                            } else if (key.equals(ADDITIONAL)
                                    && entry.getValue() instanceof JsonArray list) {
                                extra = extra == null ? list(map, list) : extra;
                            } else if (key.equals(EXTRA)) {
                                JsonObject only = new JsonObject();
                                only.add(EXTRA, entry.getValue());
                                extraTokens(only, map);
                            } else if (entry.getValue() instanceof JsonObject object) {
                                JsonObject special = object.deepCopy();
                                special.addProperty("special", true);
                                config.add(key, special);
                            } else {
                                config.add(key, entry.getValue());
                            }
                        });
    }

    /**
     * Python compares texts, so that a token written as an object is not among the special ones.
     */
    private void olderTokens(Path older, JsonFields ids) {
        List<String> special = new ArrayList<>();
        for (String name : NAMES) {
            boolean plain = !(config.get(name) instanceof JsonObject o && o.has("__type"));
            named(name).filter(t -> plain).ifPresent(token -> special.add(token.content()));
        }
        (extra == null ? List.<NamedToken>of() : extra)
                .stream()
                        .filter(token -> token.flags().isEmpty())
                        .forEach(token -> special.add(token.content()));
        for (String text : ids.object().keySet()) {
            int id = ids.integer(text);
            if (id < 0) {
                throw new BadFileException(
                        older, "has an id below 0", "Restore it from the checkpoint");
            }
            boolean isSpecial = special.contains(text);
            put(id, new AddedToken(text, false, false, false, !isSpecial, isSpecial));
        }
    }

    /** Returns the token of a name, or empty where no file gives it one. */
    Optional<NamedToken> named(String name) {
        JsonElement value = config.get(name);
        if (value == null || value.isJsonNull()) {
            return Optional.empty();
        }
        NamedToken token = token(file, name, value, false);
        AddedToken known = byText.get(token.content());
        return Optional.of(known == null || !NAMES.contains(name) ? token : NamedToken.of(known));
    }

    /** Returns whether a file names this key at all, be it null. */
    boolean names(String key) {
        return config.has(key);
    }

    /** Returns the names that only this model has, as {@code image_token}, and their tokens. */
    Map<String, NamedToken> ownNames() {
        Map<String, NamedToken> own = new LinkedHashMap<>();
        for (String key : config.keySet()) {
            if (key.endsWith("_token") && !NAMES.contains(key)) {
                NamedToken.read(file, key, config.get(key), false)
                        .ifPresent(token -> own.put(key, token));
            }
        }
        own.putAll(ownNames);
        return own;
    }

    /** Returns the special tokens that have no name, or empty where no file speaks of them. */
    Optional<List<NamedToken>> extra() {
        return Optional.ofNullable(extra);
    }

    /** Returns the added tokens that the files list, in the order of their ids. */
    List<AddedToken> added() {
        return new ArrayList<>(added.values());
    }

    /** Returns the config's fields, with what an older map of special tokens says. */
    JsonFields fields() {
        return JsonFields.of(file, config);
    }
}
