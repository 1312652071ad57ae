package org.peft4j.transformers.text.files;

import com.google.gson.JsonElement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.peft4j.core.files.Names;

/** Checks templates that say where the texts and the special tokens stand. */
final class TemplateCheck {

    private static final int MOST_PIECES = 64;
    private static final int MOST_TOKENS = 100_000;
    private static final int LONGEST_TOKEN = 8_192;

    private TemplateCheck() {}

    static void check(Part part) {
        Set<String> tokens = tokens(part.part("special_tokens"));
        Set<String> single = sequences(part, "single", tokens);
        Set<String> pair = sequences(part, "pair", tokens);
        if (single.contains("B")) {
            throw part.mustBe("single", "without the sequence B, which one text has not");
        }
        if (!pair.equals(Set.of("A", "B"))) {
            throw part.mustBe("pair", "with the sequences A and B");
        }
    }

    private static Set<String> tokens(Part special) {
        if (special.json().size() > MOST_TOKENS) {
            throw special.bad("has more than " + MOST_TOKENS + " tokens");
        }
        for (Map.Entry<String, JsonElement> entry : special.json().entrySet()) {
            String place = special.where() + "[" + Names.quote(entry.getKey()) + "]";
            Part token = Part.of(special.file(), place, entry.getValue());
            token.text("id", LONGEST_TOKEN);
            int texts = token.texts("tokens", MOST_PIECES, LONGEST_TOKEN).size();
            for (JsonElement id : token.list("ids", MOST_PIECES)) {
                token.whole(id, "ids", 0, Part.LARGEST_ID);
            }
            if (token.list("ids", MOST_PIECES).size() != texts) {
                throw token.bad("has not as many ids as tokens");
            }
        }
        return special.json().keySet();
    }

    /** Checks the pieces of one template, and returns the texts that stand in it. */
    private static Set<String> sequences(Part part, String key, Set<String> tokens) {
        Set<String> sequences = new HashSet<>();
        for (Part piece : part.parts(key, MOST_PIECES)) {
            if (piece.json().size() != 1) {
                throw piece.bad("must be one Sequence or one SpecialToken");
            }
            boolean token = piece.json().has("SpecialToken");
            Part inner = piece.part(token ? "SpecialToken" : "Sequence");
            String id = inner.text("id", LONGEST_TOKEN);
            inner.whole("type_id", 0, Part.LARGEST_ID);
            if (token && !tokens.contains(id)) {
                throw inner.bad(
                        "names the token "
                                + Names.quote(id)
                                + ", which special_tokens does not have");
            }
            if (!token) {
                sequences.add(inner.oneOf("id", Set.of("A", "B")));
            }
        }
        return sequences;
    }
}
