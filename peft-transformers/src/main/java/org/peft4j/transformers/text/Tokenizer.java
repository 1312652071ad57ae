package org.peft4j.transformers.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;
import org.peft4j.transformers.text.files.TokenizerCheck;
import org.peft4j.transformers.text.files.TokenizerFiles;

/**
 * The tokenizer of a checkpoint, through Hugging Face's own library. Texts are neither cut nor
 * padded unless that is asked for. Safe for many threads.
 */
public final class Tokenizer implements AutoCloseable {

    /** DJL would cut at 512 ids and pad if it were not told. */
    private static final Map<String, String> WHOLE_TEXTS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");

    private final TokenizerLibrary tokenizer;
    private final SpecialTokens special;
    private final CleanUp cleanUp;
    private final Optional<ChatTemplate> chatTemplate;

    private Tokenizer(HuggingFaceTokenizer tokenizer, TokenizerFiles files, Path directory) {
        this.tokenizer = new TokenizerLibrary(tokenizer);
        this.special = SpecialTokens.read(directory, files.ids());
        this.cleanUp = new CleanUp(files.cleanUp());
        this.chatTemplate = ChatTemplateFiles.read(directory, files.named());
    }

    /**
     * Opens the tokenizer of a checkpoint as {@code AutoTokenizer} of {@code transformers} 5 does.
     *
     * @param directory holds {@code tokenizer.json}, or BERT's {@code vocab.txt}, or GPT-2's {@code
     *     vocab.json} and {@code merges.txt}, and perhaps {@code tokenizer_config.json}, {@code
     *     special_tokens_map.json} and {@code added_tokens.json}
     * @throws BadFileException if there is no tokenizer, or a file is damaged
     */
    public static Tokenizer open(Path directory) {
        TokenizerFiles files = TokenizerFiles.read(directory);
        TokenizerCheck.check(files.file(), files.tokenizer());
        HuggingFaceTokenizer opened =
                NativeCalls.open(files.file(), files.tokenizer().toString(), WHOLE_TEXTS);
        try {
            return new Tokenizer(opened, files, directory);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Returns how the model wants chats to be written.
     *
     * @throws PeftException if the checkpoint has no chat template: a base model that was not
     *     trained on chats
     */
    public ChatTemplate chatTemplate() {
        return chatTemplate.orElseThrow(
                () ->
                        new PeftException(
                                "this checkpoint has no chat template. Use one that was trained on"
                                        + " chats, or make a template with ChatTemplate.of."));
    }

    /** Returns an encoder of chats by the checkpoint's template. */
    public ChatEncoder chats() {
        return new ChatEncoder(this, chatTemplate());
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
        return encoding(text, withSpecialTokens).getIds();
    }

    /**
     * Encodes a text and tells where each token comes from.
     *
     * @param text any text
     * @param withSpecialTokens whether to add those that the model wants around it
     */
    public EncodedText encodeText(String text, boolean withSpecialTokens) {
        return EncodedText.of(encoding(text, withSpecialTokens), List.of(text));
    }

    /** Encodes two texts as one, with special tokens: a question and its context, two sentences. */
    public EncodedText encodePair(String first, String second) {
        return EncodedText.of(encoding(first, second), List.of(first, second));
    }

    /** Encodes a text that is cut into words already, with special tokens, as TOKEN_CLS needs. */
    public EncodedText encodeWords(List<String> words) {
        return EncodedText.ofWords(
                NativeCalls.encode(words, () -> tokenizer.encode(words, true, false)), words);
    }

    /**
     * Encodes a text with special tokens and cuts it on the right; the special tokens stay.
     *
     * @param text any text
     * @param most the most ids
     * @throws PeftException if the special tokens alone are more
     */
    public long[] encode(String text, int most) {
        return encodeText(text, true).truncated(most, EncodedText.Truncation.ONLY_FIRST).ids();
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
        return TextPair.of(encoding(first, second), most);
    }

    private Encoding encoding(String text, boolean withSpecialTokens) {
        return NativeCalls.encode(
                List.of(text), () -> tokenizer.encode(text, withSpecialTokens, false));
    }

    private Encoding encoding(String first, String second) {
        return NativeCalls.encode(
                List.of(first, second), () -> tokenizer.encode(first, second, true, false));
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
        return ids.length == 0 ? "" : cleanUp.apply(text(ids, withoutSpecialTokens));
    }

    /** Decodes a text that grows, without special tokens and without the clean-up of spaces. */
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
        return new TextStream(ids -> ids.length == 0 ? "" : text(ids, true), before);
    }

    private String text(long[] ids, boolean withoutSpecialTokens) {
        NativeCalls.requireIds(ids);
        return tokenizer.decode(ids, withoutSpecialTokens);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
