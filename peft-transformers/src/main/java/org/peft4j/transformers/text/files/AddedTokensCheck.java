package org.peft4j.transformers.text.files;

import java.util.List;

/** Checks the tokens that stand beside the model's vocabulary. */
final class AddedTokensCheck {

    /** The library compares each with all others, so that it takes seconds for these. */
    private static final int MOST = 50_000;

    private static final int LONGEST = 8_192;

    private AddedTokensCheck() {}

    static void check(Part tokenizer) {
        List<Part> tokens = tokenizer.parts("added_tokens", MOST);
        for (Part token : tokens) {
            token.text("content", LONGEST);
            token.whole("id", 0, Part.LARGEST_ID);
            token.flags("single_word", "lstrip", "rstrip", "normalized", "special");
        }
        if (tokens.stream().anyMatch(token -> is(token, "rstrip"))) {
            tokens.forEach(AddedTokensCheck::notOfSpacesAlone);
        }
    }

    /** One that is spaces, taken behind another that took the same spaces, would end before it. */
    private static void notOfSpacesAlone(Part token) {
        if (is(token, "lstrip") && token.text("content", LONGEST).isBlank()) {
            throw token.bad(
                    "is of spaces alone and strips spaces on its left, while others strip them on"
                            + " their right");
        }
    }

    private static boolean is(Part token, String flag) {
        return token.json().get(flag).getAsBoolean();
    }
}
