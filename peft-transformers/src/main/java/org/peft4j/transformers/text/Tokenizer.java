package org.peft4j.transformers.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

/**
 * The tokenizer of a checkpoint, through Hugging Face's own library. Texts are neither cut nor
 * padded unless that is asked for. Safe for many threads.
 */
public final class Tokenizer implements AutoCloseable {

    private static final String FILE = "tokenizer.json";

    /** DJL would cut at 512 ids and pad if it were not told. */
    private static final Map<String, String> WHOLE_TEXTS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");

    private final HuggingFaceTokenizer tokenizer;
    private final SpecialTokens special;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Path directory) {
        this.tokenizer = tokenizer;
        this.special = SpecialTokens.read(directory, this::idOf);
    }

    /**
     * Opens the tokenizer of a checkpoint.
     *
     * @param directory holds {@code tokenizer.json} and perhaps {@code tokenizer_config.json}
     * @throws BadFileException if there is no {@code tokenizer.json}, or it is damaged
     */
    public static Tokenizer open(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new BadFileException(
                    directory,
                    "has no " + FILE,
                    "Download it with the checkpoint, or save the tokenizer once with transformers'"
                            + " fast tokenizer");
        }
        HuggingFaceTokenizer opened;
        try {
            opened = HuggingFaceTokenizer.newInstance(file, WHOLE_TEXTS);
        } catch (IOException | RuntimeException e) {
            throw new BadFileException(
                    file,
                    "is not a tokenizer that can be read: " + e.getMessage(),
                    "Download it again",
                    e);
        }
        try {
            return new Tokenizer(opened, directory);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Returns the ids that have a meaning of their own. */
    public SpecialTokens special() {
        return special;
    }

    /** Encodes a text with the special tokens that the model wants around it. */
    public long[] encode(String text) {
        return encode(text, true);
    }

    /**
     * Encodes a text.
     *
     * @param text any text; special tokens written in it become their ids
     * @param withSpecialTokens whether to add those that the model wants around it
     */
    public long[] encode(String text, boolean withSpecialTokens) {
        return tokenizer.encode(text, withSpecialTokens, false).getIds();
    }

    /**
     * Encodes a text with special tokens and cuts it on the right; the special tokens stay.
     *
     * @param text any text
     * @param most the most ids
     * @throws PeftException if the special tokens alone are more
     */
    public long[] encode(String text, int most) {
        Encoding encoding = tokenizer.encode(text, true, false);
        long[] ids = encoding.getIds();
        long[] added = encoding.getSpecialTokenMask();
        int excess = ids.length - most;
        if (excess <= 0) {
            return ids;
        }
        List<Long> kept = new ArrayList<>();
        for (int i = ids.length - 1; i >= 0; i--) {
            if (added[i] == 0 && excess > 0) {
                excess--;
            } else {
                kept.add(0, ids[i]);
            }
        }
        if (excess > 0) {
            throw new PeftException(
                    "a text cannot be cut to "
                            + most
                            + " ids, because the special tokens around it are "
                            + kept.size()
                            + ".");
        }
        return kept.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Encodes two texts that a model reads together, such as a question and where its answer is.
     *
     * @param first the first text
     * @param second the second
     * @param most the most ids; the longer text loses its end first, special tokens stay
     * @throws PeftException if the special tokens alone are more
     */
    public TextPair encodePair(String first, String second, int most) {
        return TextPair.of(tokenizer.encode(first, second, true, false), most);
    }

    /**
     * Encodes texts with special tokens and pads them to the longest.
     *
     * @param texts at least one
     * @param left whether to pad on the left, as generation needs, or on the right
     */
    public TokenBatch batch(List<String> texts, boolean left) {
        return TokenBatch.padded(texts.stream().map(this::encode).toList(), null, padId(), left);
    }

    /** Returns the id that fills batches: the padding token, else the end token, else 0. */
    public long padId() {
        return special.pad().orElse(special.end().orElse(0));
    }

    /** Decodes ids and leaves special tokens out. */
    public String decode(long[] ids) {
        return decode(ids, true);
    }

    /**
     * Decodes ids.
     *
     * @param withoutSpecialTokens whether to leave special tokens out
     */
    public String decode(long[] ids, boolean withoutSpecialTokens) {
        return ids.length == 0 ? "" : tokenizer.decode(ids, withoutSpecialTokens);
    }

    /** Decodes a text that grows, without special tokens. */
    public TextStream textStream() {
        return textStream(new long[0]);
    }

    /**
     * Decodes a text that grows behind another, without special tokens.
     *
     * @param before what stands before it, such as the prompt; decides whether the first word needs
     *     a space, and is not given out
     */
    public TextStream textStream(long[] before) {
        return new TextStream(this::decode, before);
    }

    /** Returns the id of a token's text, if that is one token. */
    private OptionalLong idOf(String token) {
        long[] ids = encode(token, false);
        return ids.length == 1 ? OptionalLong.of(ids[0]) : OptionalLong.empty();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
