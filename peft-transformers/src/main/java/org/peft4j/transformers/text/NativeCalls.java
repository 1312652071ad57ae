package org.peft4j.transformers.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/**
 * Calls of the tokenizers library: what it would misread does not reach it, and what it throws
 * becomes an exception of this library.
 */
final class NativeCalls {

    /** The library counts ids in 32 bits and would take a larger one for another. */
    private static final long LARGEST_ID = 0xffff_ffffL;

    private NativeCalls() {}

    /**
     * Opens a tokenizer.
     *
     * @param file where it comes from, for errors
     * @param json the checked content of {@code tokenizer.json}
     * @param options DJL's options
     */
    static HuggingFaceTokenizer open(Path file, String json, Map<String, String> options) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), options);
        } catch (IOException | RuntimeException e) {
            throw new BadFileException(
                    file,
                    "is not a tokenizer that can be read: " + reason(e),
                    "Download it again",
                    e);
        }
    }

    /**
     * Encodes texts.
     *
     * @param texts what is encoded
     * @param call encodes it
     * @throws PeftException if a text holds half of a character, or the tokenizer has no token for
     *     something in it
     */
    static <T> T encode(List<String> texts, Supplier<T> call) {
        texts.forEach(NativeCalls::requireWhole);
        try {
            return call.get();
        } catch (PeftException | IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new PeftException(
                    "the text cannot be encoded: " + reason(e) + ". Check the tokenizer's files.",
                    e);
        }
    }

    /**
     * Checks ids that are to be decoded.
     *
     * @throws PeftException if one is negative or larger than any id can be
     */
    static void requireIds(long[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] > LARGEST_ID) {
                throw new PeftException(
                        "ids["
                                + i
                                + "] is "
                                + ids[i]
                                + ", which is no token. Leave out what is not an id, such as"
                                + " ignored labels, before decoding.");
            }
        }
    }

    /** Python refuses such texts, too: no UTF-8 and no token stands for half a character. */
    private static void requireWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new PeftException(
                        "the text "
                                + Names.quote(text)
                                + " has half of a character, such as an emoji that was cut, at"
                                + " index "
                                + i
                                + ". Cut texts between code points, or replace the half.");
            }
        }
    }

    private static String reason(Exception e) {
        return Names.quote(String.valueOf(e.getMessage()));
    }
}
