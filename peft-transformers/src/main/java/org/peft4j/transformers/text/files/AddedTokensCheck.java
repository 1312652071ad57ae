package org.peft4j.transformers.text.files;

import java.util.List;

/**
 * Checks the tokens that stand beside the model's vocabulary. The library looks for them in a text
 * before anything else, for those called normalized behind the normalizer, and cuts there.
 */
final class AddedTokensCheck {

    /** The library compares each with all others, so that it takes seconds for these. */
    private static final int MOST = 50_000;

    private static final int LONGEST = 8_192;

    private AddedTokensCheck() {}

    /**
     * Checks them all.
     *
     * @param tokenizer the whole tokenizer, whose normalizer was checked
     */
    static void check(Part tokenizer) {
        List<Part> tokens = tokenizer.parts("added_tokens", MOST);
        for (Part token : tokens) {
            token.text("content", LONGEST);
            token.whole("id", 0, Part.LARGEST_ID);
            token.flags("single_word", "lstrip", "rstrip", "normalized", "special");
        }
        boolean strips = tokens.stream().anyMatch(token -> is(token, "rstrip"));
        try (NormalizerProbe probe = NormalizerProbe.of(tokenizer)) {
            for (Part token : tokens) {
                String content = token.text("content", LONGEST);
                boolean normalized = is(token, "normalized");
                if (!content.isEmpty() && normalized && probe.empties(content)) {
                    throw token.bad(
                            "is nothing once it is normalized, and would be found anywhere");
                }
                if (strips
                        && is(token, "lstrip")
                        && (spaces(content) || (normalized && probe.blanks(content)))) {
                    throw token.bad(
                            "is of spaces alone and strips spaces on its left, while others strip"
                                    + " them on their right");
                }
            }
        }
    }

    /** One of spaces, behind another that took the same spaces, would end before it begins. */
    private static boolean spaces(String content) {
        return !content.isEmpty()
                && content.codePoints()
                        .allMatch(
                                c ->
                                        Character.isWhitespace(c)
                                                || Character.isSpaceChar(c)
                                                || c == 0x85);
    }

    private static boolean is(Part token, String flag) {
        return token.json().get(flag).getAsBoolean();
    }
}
