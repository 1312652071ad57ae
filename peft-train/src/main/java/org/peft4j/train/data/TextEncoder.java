package org.peft4j.train.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import org.peft4j.core.PeftException;

/** Turns text into token ids, without special tokens around them. */
@FunctionalInterface
public interface TextEncoder {

    /** Returns the ids of a text. */
    long[] encode(String text);

    /**
     * The encoder of a {@code tokenizer.json}.
     *
     * @param tokenizer one that does not truncate: DJL's default does, at 512 tokens or fewer
     * @throws PeftException if the tokeniser truncates
     */
    static TextEncoder of(HuggingFaceTokenizer tokenizer) {
        if (!tokenizer.getTruncation().equals("DO_NOT_TRUNCATE")) {
            throw new PeftException(
                    "the tokenizer would cut texts at "
                            + tokenizer.getMaxLength()
                            + " tokens without a word. Make it with"
                            + " HuggingFaceTokenizer.builder().optTruncation(false); the trainer"
                            + " cuts at maxLength and says so.");
        }
        return text -> tokenizer.encode(text, false, false).getIds();
    }
}
