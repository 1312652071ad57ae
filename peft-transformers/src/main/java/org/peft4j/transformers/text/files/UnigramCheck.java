package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;

/** Checks a unigram language model (Kudo 2018): a list of tokens with their scores. */
final class UnigramCheck {

    /** In characters. The library's tree of tokens is as deep as the longest, and so its stack. */
    private static final int LONGEST_TOKEN = 512;

    private UnigramCheck() {}

    static void check(Part model) {
        JsonArray vocabulary = model.list("vocab", TokenizerCheck.MOST_VALUES);
        for (JsonElement entry : vocabulary) {
            if (!(entry instanceof JsonArray pair
                    && pair.size() == 2
                    && pair.get(0) instanceof JsonPrimitive token
                    && token.isString()
                    && pair.get(1) instanceof JsonPrimitive score
                    && score.isNumber())) {
                throw model.mustBe("vocab", "a list of pairs of a text and a score");
            }
            ModelCheck.token(model, token.getAsString(), LONGEST_TOKEN);
        }
        if (model.has("unk_id")) {
            if (vocabulary.isEmpty()) {
                throw model.bad("has an unk_id but no vocabulary");
            }
            model.whole("unk_id", 0, vocabulary.size() - 1);
        }
        model.flagsIfThere("byte_fallback");
    }
}
