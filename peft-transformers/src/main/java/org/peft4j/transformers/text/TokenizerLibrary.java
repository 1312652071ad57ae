package org.peft4j.transformers.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.util.List;
import org.peft4j.core.Lifetime;

/** Hugging Face's own library, which is freed only once no thread is in it any more. */
final class TokenizerLibrary {

    private final HuggingFaceTokenizer tokenizer;
    private final Lifetime lifetime;

    TokenizerLibrary(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.lifetime =
                new Lifetime(
                        "this tokenizer", "Open it again by Tokenizer.open.", tokenizer::close);
    }

    Encoding encode(String text, boolean withSpecial, boolean withOverflow) {
        return lifetime.during(() -> tokenizer.encode(text, withSpecial, withOverflow));
    }

    Encoding encode(String first, String second, boolean withSpecial, boolean withOverflow) {
        return lifetime.during(() -> tokenizer.encode(first, second, withSpecial, withOverflow));
    }

    Encoding encode(List<String> words, boolean withSpecial, boolean withOverflow) {
        return lifetime.during(() -> tokenizer.encode(words, withSpecial, withOverflow));
    }

    String decode(long[] ids, boolean withoutSpecial) {
        return lifetime.during(() -> tokenizer.decode(ids, withoutSpecial));
    }

    void close() {
        lifetime.close();
    }
}
