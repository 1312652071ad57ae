package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Writes a TemplateProcessing of {@code tokenizer.json}: special tokens around one text, or two.
 */
final class Template {

    private static final List<String> TEXTS = List.of("A", "B");

    /**
     * A piece of a template.
     *
     * @param token the special token, or empty for the next text
     * @param id the token's id
     * @param type the type of its ids
     */
    record Piece(Optional<String> token, long id, int type) {

        static Piece text(int type) {
            return new Piece(Optional.empty(), 0, type);
        }

        static Piece token(String token, long id) {
            return new Piece(Optional.of(token), id, 0);
        }

        Piece withType(int other) {
            return new Piece(token, id, other);
        }
    }

    private Template() {}

    static JsonObject of(List<Piece> single, List<Piece> pair) {
        JsonObject special = new JsonObject();
        JsonObject template = new JsonObject();
        template.addProperty("type", "TemplateProcessing");
        template.add("single", array(single, special));
        template.add("pair", array(pair, special));
        template.add("special_tokens", special);
        return template;
    }

    private static JsonArray array(List<Piece> pieces, JsonObject special) {
        JsonArray array = new JsonArray();
        int texts = 0;
        for (Piece piece : pieces) {
            if (piece.token().isEmpty()) {
                array.add(json("Sequence", TEXTS.get(texts++), piece.type()));
            } else {
                String content = piece.token().get();
                array.add(json("SpecialToken", content, piece.type()));
                special.add(content, entry(content, piece.id()));
            }
        }
        return array;
    }

    private static JsonObject json(String kind, String id, int type) {
        JsonObject content = new JsonObject();
        content.addProperty("id", id);
        content.addProperty("type_id", type);
        JsonObject piece = new JsonObject();
        piece.add(kind, content);
        return piece;
    }

    private static JsonObject entry(String token, long id) {
        JsonArray ids = new JsonArray();
        ids.add(id);
        JsonArray tokens = new JsonArray();
        tokens.add(token);
        JsonObject entry = new JsonObject();
        entry.addProperty("id", token);
        entry.add("ids", ids);
        entry.add("tokens", tokens);
        return entry;
    }
}
