package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.Names;

/**
 * Checks a {@code tokenizer.json} as a whole before the tokenizers library reads it: that library
 * ends the process, without an exception, where a file is not as it expects, when it is opened or
 * when a text is encoded or decoded. What passes here can be used with any text. The limits are far
 * beyond those of tokenizers in use.
 */
public final class TokenizerCheck {

    /**
     * The most JSON values of a file: one of 262,144 tokens with 515,000 merges written as pairs
     * has 1,810,000.
     */
    public static final int MOST_VALUES = 4_000_000;

    /** How many times longer a text may become on its way through a tokenizer. */
    private static final double MOST_GROWTH = 256;

    private TokenizerCheck() {}

    /**
     * Checks all parts.
     *
     * @param file the file to name in errors
     * @param tokenizer its content: what will be given to the library
     * @throws BadFileException if the library could fail by it; names the part and the reason
     */
    public static void check(Path file, JsonObject tokenizer) throws BadFileException {
        wellFormed(file, tokenizer);
        Part whole = new Part(file, "the tokenizer", tokenizer);
        if (tokenizer.has("version") && !whole.text("version", 16).equals("1.0")) {
            throw whole.mustBe("version", "1.0");
        }
        ModelCheck.check(Part.of(file, "model", tokenizer.get("model")));
        double growth = 1;
        if (whole.has("normalizer")) {
            growth *=
                    NormalizerCheck.growth(Part.of(file, "normalizer", at(whole, "normalizer")), 0);
        }
        if (whole.has("pre_tokenizer")) {
            growth *=
                    PreTokenizerCheck.growth(
                            Part.of(file, "pre_tokenizer", at(whole, "pre_tokenizer")), 0);
        }
        bounded(whole, growth, "normalizer and pre_tokenizer");
        optional(whole, "post_processor", PostProcessorCheck::check);
        optional(
                whole,
                "decoder",
                decoder -> bounded(whole, DecoderCheck.growth(decoder, 0), "decoder"));
        optional(whole, "truncation", LengthsCheck::truncation);
        optional(whole, "padding", LengthsCheck::padding);
        if (tokenizer.has("added_tokens")) {
            AddedTokensCheck.check(whole);
        }
    }

    private static JsonElement at(Part whole, String key) {
        return whole.json().get(key);
    }

    private static void optional(Part whole, String key, Consumer<Part> check) {
        if (whole.has(key)) {
            check.accept(Part.of(whole.file(), key, at(whole, key)));
        }
    }

    private static void bounded(Part whole, double growth, String what) {
        if (growth > MOST_GROWTH) {
            throw whole.bad(
                    "has a "
                            + what
                            + " that could make texts more than "
                            + (int) MOST_GROWTH
                            + " times longer");
        }
    }

    /** Refuses halves of characters, which no UTF-8 has: the library's own reader fails on them. */
    private static void wellFormed(Path file, JsonElement value) {
        if (value instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
                wellFormed(file, entry.getKey());
                wellFormed(file, entry.getValue());
            }
        } else if (value instanceof JsonArray array) {
            array.forEach(element -> wellFormed(file, element));
        } else if (value instanceof JsonPrimitive p && p.isString()) {
            wellFormed(file, p.getAsString());
        }
    }

    private static void wellFormed(Path file, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length()
                        || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw new BadFileException(
                            file,
                            "has a text with half a surrogate pair, " + Names.quote(text),
                            "Download it again, or mend it by hand");
                }
                i++;
            }
        }
    }
}
