package org.peft4j.transformers.text.files;

import java.util.Set;

/** Checks how a tokenizer wants texts to be cut and padded. */
final class LengthsCheck {

    private static final long LONGEST = Integer.MAX_VALUE;
    private static final Set<String> DIRECTIONS = Set.of("Left", "Right");
    private static final Set<String> CUTS = Set.of("LongestFirst", "OnlyFirst", "OnlySecond");

    private LengthsCheck() {}

    static void truncation(Part part) {
        long most = part.whole("max_length", 0, LONGEST);
        long stride = part.whole("stride", 0, LONGEST);
        if (most > 0 && stride >= most) {
            throw part.mustBe("stride", "less than max_length, which is " + most);
        }
        part.oneOf("strategy", CUTS);
        if (part.json().has("direction")) {
            part.oneOf("direction", DIRECTIONS);
        }
    }

    static void padding(Part part) {
        if (part.json().get("strategy") != null && part.json().get("strategy").isJsonObject()) {
            part.part("strategy").whole("Fixed", 0, LONGEST);
        } else {
            part.oneOf("strategy", Set.of("BatchLongest"));
        }
        part.oneOf("direction", DIRECTIONS);
        if (part.has("pad_to_multiple_of")) {
            part.whole("pad_to_multiple_of", 0, LONGEST);
        }
        part.whole("pad_id", 0, Part.LARGEST_ID);
        part.whole("pad_type_id", 0, Part.LARGEST_ID);
        part.text("pad_token", Part.LONGEST_AFFIX);
    }
}
