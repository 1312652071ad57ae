package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.Set;

/** Checks what cuts words into tokens: the vocabulary and what belongs to it. */
final class ModelCheck {

    private static final Set<String> KNOWN = Set.of("BPE", "WordPiece", "WordLevel", "Unigram");

    /** In characters; tokens of long runs of spaces have some hundreds. */
    private static final int LONGEST_TOKEN = 8_192;

    /** The time that WordPiece takes for a word grows with the cube of its length. */
    private static final int LONGEST_WORD = 5_000;

    private ModelCheck() {}

    static void check(Part model) {
        switch (model.json().has("type") ? model.type(KNOWN) : guess(model.json())) {
            case "BPE" -> BpeCheck.check(model, vocabulary(model));
            case "Unigram" -> UnigramCheck.check(model);
            case "WordPiece" -> {
                vocabulary(model);
                model.text("unk_token", LONGEST_TOKEN);
                model.text("continuing_subword_prefix", Part.LONGEST_AFFIX);
                model.whole("max_input_chars_per_word", 0, LONGEST_WORD);
            }
            default -> {
                vocabulary(model);
                model.text("unk_token", LONGEST_TOKEN);
            }
        }
    }

    /** Files of 2020 do not name the kind of their model; it shows by the fields. */
    private static String guess(JsonObject model) {
        if (model.get("vocab") instanceof JsonArray) {
            return "Unigram";
        }
        if (model.has("merges")) {
            return "BPE";
        }
        return model.has("max_input_chars_per_word") ? "WordPiece" : "WordLevel";
    }

    /** Checks a vocabulary from texts to ids, and returns the texts. */
    private static Set<String> vocabulary(Part model) {
        Part vocabulary = model.part("vocab");
        for (Map.Entry<String, JsonElement> entry : vocabulary.json().entrySet()) {
            token(model, entry.getKey(), LONGEST_TOKEN);
            if (!(entry.getValue() instanceof JsonPrimitive)) {
                throw model.mustBe("vocab", "made of texts with their ids");
            }
            vocabulary.whole(entry.getValue(), "its ids", 0, Part.LARGEST_ID);
        }
        return vocabulary.json().keySet();
    }

    static void token(Part model, String token, int longest) {
        if (token.length() > longest) {
            throw model.bad(
                    "has a token of "
                            + token.length()
                            + " characters; at most "
                            + longest
                            + " are allowed");
        }
    }
}
