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
     * @param type the type of its ids
     */
    record Piece(Optional<NamedToken> token, int type) {

        static Piece text(int type) {
            return new Piece(Optional.empty(), type);
        }

        static Piece token(NamedToken token, int type) {
            return new Piece(Optional.of(token), type);
        }
    }

    private Template() {}

    static JsonObject of(Vocabulary vocabulary, List<Piece> single, List<Piece> pair) {
        JsonObject special = new JsonObject();
        JsonObject template = new JsonObject();
        template.addProperty("type", "TemplateProcessing");
        template.add("single", array(single, vocabulary, special));
        template.add("pair", array(pair, vocabulary, special));
        template.add("special_tokens", special);
        return template;
    }

    private static JsonArray array(List<Piece> pieces, Vocabulary vocabulary, JsonObject special) {
        JsonArray array = new JsonArray();
        int texts = 0;
        for (Piece piece : pieces) {
            if (piece.token().isEmpty()) {
                array.add(json("Sequence", TEXTS.get(texts++), piece.type()));
            } else {
                String content = piece.token().get().content();
                array.add(json("SpecialToken", content, piece.type()));
                special.add(content, entry(content, vocabulary));
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

    private static JsonObject entry(String token, Vocabulary vocabulary) {
        JsonArray ids = new JsonArray();
        ids.add(vocabulary.idOf(token).orElse(0));
        JsonArray tokens = new JsonArray();
        tokens.add(token);
        JsonObject entry = new JsonObject();
        entry.addProperty("id", token);
        entry.add("ids", ids);
        entry.add("tokens", tokens);
        return entry;
    }
}
