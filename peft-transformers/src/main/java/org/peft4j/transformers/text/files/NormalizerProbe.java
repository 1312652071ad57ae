package org.peft4j.transformers.text.files;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.Names;

/**
 * Asks the library what a checked normalizer leaves of a text, by a tokenizer that has nothing else
 * and one token for whatever is left.
 */
final class NormalizerProbe implements AutoCloseable {

    private static final String EMPTY =
            "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"x\":0},\"unk_token\":\"x\"}}";

    private static final Map<String, String> OPTIONS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");

    private final Part tokenizer;
    private @Nullable HuggingFaceTokenizer plain;
    private @Nullable HuggingFaceTokenizer stripping;

    private NormalizerProbe(Part tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Makes one for a tokenizer; nothing is opened before it is needed. */
    static NormalizerProbe of(Part tokenizer) {
        return new NormalizerProbe(tokenizer);
    }

    /** Returns whether nothing is left of a text. */
    boolean empties(String text) {
        if (!tokenizer.has("normalizer")) {
            return false;
        }
        if (plain == null) {
            plain = open(tokenizer.json().get("normalizer"));
        }
        return isEmpty(plain, text);
    }

    /** Returns whether nothing but spaces is left of a text. */
    boolean blanks(String text) {
        if (!tokenizer.has("normalizer")) {
            return false;
        }
        if (stripping == null) {
            JsonArray steps = new JsonArray();
            steps.add(tokenizer.json().get("normalizer"));
            steps.add(
                    JsonParser.parseString(
                            "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true}"));
            JsonObject sequence = new JsonObject();
            sequence.addProperty("type", "Sequence");
            sequence.add("normalizers", steps);
            stripping = open(sequence);
        }
        return isEmpty(stripping, text);
    }

    private HuggingFaceTokenizer open(JsonElement normalizer) {
        JsonObject json = JsonParser.parseString(EMPTY).getAsJsonObject();
        json.add("normalizer", normalizer);
        byte[] utf8 = json.toString().getBytes(StandardCharsets.UTF_8);
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(utf8), OPTIONS);
        } catch (IOException | RuntimeException e) {
            throw tokenizer.bad(
                    "has a normalizer that cannot be used: "
                            + Names.quote(String.valueOf(e.getMessage())));
        }
    }

    private static boolean isEmpty(HuggingFaceTokenizer probe, String text) {
        return probe.encode(text, false, false).getIds().length == 0;
    }

    @Override
    public void close() {
        if (plain != null) {
            plain.close();
        }
        if (stripping != null) {
            stripping.close();
        }
    }
}
