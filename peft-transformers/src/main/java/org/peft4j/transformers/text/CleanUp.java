package org.peft4j.transformers.text;

/**
 * What transformers does to the spaces of a decoded text where {@code tokenizer_config.json} says
 * {@code clean_up_tokenization_spaces}: none before punctuation and English contractions. It does
 * not for BPE tokenizers, whose spaces are the text's own, though many of their configs say so.
 *
 * @param wanted whether there is anything to do
 */
record CleanUp(boolean wanted) {

    String apply(String text) {
        if (!wanted) {
            return text;
        }
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }
}
