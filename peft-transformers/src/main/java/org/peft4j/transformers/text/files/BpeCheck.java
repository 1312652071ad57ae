package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.peft4j.core.files.Names;

/** Checks byte-pair encoding (Sennrich et al. 2016): every merge makes a token from two others. */
final class BpeCheck {

    private final Part model;
    private final Set<String> vocabulary;
    private final byte[] prefix;

    private BpeCheck(Part model, Set<String> vocabulary) {
        this.model = model;
        this.vocabulary = vocabulary;
        String key = "continuing_subword_prefix";
        this.prefix =
                (model.has(key) ? model.text(key, Part.LONGEST_AFFIX) : "")
                        .getBytes(StandardCharsets.UTF_8);
    }

    static void check(Part model, Set<String> vocabulary) {
        model.optionalText("unk_token", Part.LONGEST_AFFIX);
        model.optionalText("end_of_word_suffix", Part.LONGEST_AFFIX);
        model.optionalFlags("fuse_unk", "byte_fallback", "ignore_merges");
        if (model.has("dropout")) {
            dropout(model);
        }
        new BpeCheck(model, vocabulary).merges();
    }

    private static void dropout(Part model) {
        if (!(model.json().get("dropout") instanceof JsonPrimitive p)
                || !p.isNumber()
                || !(p.getAsDouble() >= 0 && p.getAsDouble() <= 1)) {
            throw model.mustBe("dropout", "a number from 0 to 1");
        }
    }

    private void merges() {
        int i = 0;
        Boolean pairs = null;
        for (JsonElement merge : model.list("merges", TokenizerCheck.MOST_VALUES)) {
            boolean pair = merge instanceof JsonArray;
            if (pairs != null && pair != pairs) {
                throw model.mustBe("merges", "either pairs or texts, not both");
            }
            pairs = pair;
            merge(merge, i++);
        }
    }

    private void merge(JsonElement merge, int rank) {
        if (merge instanceof JsonArray pair
                && pair.size() == 2
                && text(pair.get(0))
                && text(pair.get(1))) {
            merge(pair.get(0).getAsString(), pair.get(1).getAsString(), rank);
        } else if (text(merge)) {
            String line = merge.getAsString();
            int space = line.indexOf(' ');
            if (line.startsWith("#version")) {
                return;
            }
            if (space < 0 || line.indexOf(' ', space + 1) >= 0) {
                throw bad(rank, "is not two tokens with a space between");
            }
            merge(line.substring(0, space), line.substring(space + 1), rank);
        } else {
            throw bad(rank, "is not a pair of texts");
        }
    }

    private void merge(String first, String second, int rank) {
        require(first, rank);
        require(second, rank);
        require(first + withoutPrefix(second, rank), rank);
    }

    /** The library cuts as many bytes as the prefix has, whatever they are. */
    private String withoutPrefix(String token, int rank) {
        if (prefix.length == 0) {
            return token;
        }
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < prefix.length
                || (bytes.length > prefix.length && (bytes[prefix.length] & 0xc0) == 0x80)) {
            throw bad(rank, "has a second token that is shorter than the subword prefix");
        }
        return new String(
                bytes, prefix.length, bytes.length - prefix.length, StandardCharsets.UTF_8);
    }

    private void require(String token, int rank) {
        if (!vocabulary.contains(token)) {
            throw bad(rank, "needs " + Names.quote(token) + ", which the vocabulary has not");
        }
    }

    private RuntimeException bad(int rank, String problem) {
        return model.bad("has a merge, number " + rank + " from 0, that " + problem);
    }

    private static boolean text(JsonElement value) {
        return value instanceof JsonPrimitive p && p.isString();
    }
}
