package org.peft4j.train.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;

/** Turns text into token ids, without special tokens around them. */
@FunctionalInterface
public interface TextEncoder {

    /** Returns the ids of a text. */
    long[] encode(String text);

    /**
     * The encoder of a {@code tokenizer.json}.
     *
     * @param tokenizer one that does not truncate
     */
    static TextEncoder of(HuggingFaceTokenizer tokenizer) {
        return text -> tokenizer.encode(text, false, false).getIds();
    }
}
