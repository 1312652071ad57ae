package org.peft4j.train.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.PeftException;

/**
 * Makes examples of texts.
 *
 * <p>Prompt and completion are encoded apart from each other, so that the boundary between them
 * lies between two tokens whatever the texts are; generation, which knows the prompt alone, sees
 * the same tokens.
 *
 * <p>For an encoder-decoder the prompt is what the encoder reads and the completion what the
 * decoder predicts; both begin and end with the same tokens.
 *
 * @param encoder the tokeniser
 * @param beginId the token that every text starts with, such as Llama's {@code <s>}; or none
 * @param endId the token that ends every completion, so that generation learns to stop; or none
 * @param decoderStart what the decoder of an encoder-decoder begins with; empty for other models
 */
public record ExampleEncoder(
        TextEncoder encoder,
        OptionalLong beginId,
        OptionalLong endId,
        Optional<DecoderStart> decoderStart) {

    /** An encoder for models that are no encoder-decoders. */
    public ExampleEncoder(TextEncoder encoder, OptionalLong beginId, OptionalLong endId) {
        this(encoder, beginId, endId, Optional.empty());
    }

    /**
     * An encoder that starts texts with nothing and ends them.
     *
     * @param encoder the tokeniser
     * @param endId the token that ends every completion
     */
    public static ExampleEncoder of(TextEncoder encoder, long endId) {
        return new ExampleEncoder(encoder, OptionalLong.empty(), OptionalLong.of(endId));
    }

    /** Returns the same encoder, but every text starts with a token. */
    public ExampleEncoder withBegin(long id) {
        return new ExampleEncoder(encoder, OptionalLong.of(id), endId, decoderStart);
    }

    /**
     * Returns the same encoder for an encoder-decoder.
     *
     * @param start {@code base.decoderStart()}
     */
    public ExampleEncoder withDecoderStart(DecoderStart start) {
        return new ExampleEncoder(encoder, beginId, endId, Optional.of(start));
    }

    /**
     * Encodes a pair: loss on the completion and its end, none on the prompt.
     *
     * @throws PeftException if nothing is left to predict
     */
    public Example encode(PromptCompletion pair) {
        long[] prompt = concat(ids(beginId), encoder.encode(pair.prompt()));
        long[] completion = concat(encoder.encode(pair.completion()), ids(endId));
        if (completion.length == 0) {
            throw new PeftException(
                    "the completion for the prompt \""
                            + pair.prompt()
                            + "\" has no tokens, so there is nothing to learn from it. Leave it"
                            + " out, or give the encoder an end token.");
        }
        return decoderStart
                .map(
                        start ->
                                Example.ofTarget(
                                        concat(prompt, ids(endId)),
                                        concat(ids(beginId), completion),
                                        start))
                .orElseGet(() -> Example.ofCompletion(prompt, completion));
    }

    /**
     * Encodes a text: loss on all of it.
     *
     * @throws PeftException if the encoder is for an encoder-decoder
     */
    public Example encode(String text) {
        if (decoderStart.isPresent()) {
            throw new PeftException(
                    "an encoder-decoder learns from pairs: what it reads, and what it writes. Give"
                            + " pairs of prompt and completion.");
        }
        return Example.ofText(concat(ids(beginId), encoder.encode(text), ids(endId)));
    }

    /** Encodes pairs, in their order. */
    public List<Example> encodePairs(List<PromptCompletion> pairs) {
        return pairs.stream().map(this::encode).toList();
    }

    /** Encodes texts, in their order. */
    public List<Example> encodeTexts(List<String> texts) {
        return texts.stream().map(this::encode).toList();
    }

    private static long[] ids(OptionalLong id) {
        return id.stream().toArray();
    }

    private static long[] concat(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }
}
