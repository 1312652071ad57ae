package org.peft4j.transformers.text.files;

/** What parts search for: a text, or a regular expression that must not take for ever. */
final class Patterns {

    /** How many characters stand for one, at most, where its bytes are written as characters. */
    static final double BYTES_OF_A_CHARACTER = 4;

    private static final int LONGEST = 20_000;

    private Patterns() {}

    /** Checks a replacement, and returns how many characters it makes of one at most. */
    static double growth(Part part) {
        int shortest = check(part);
        int length = part.text("content", LONGEST).length();
        return shortest == 0 ? 1.0 + length : Math.max(1.0, (double) length / shortest);
    }

    /** Checks the pattern of a part, and returns how many characters it matches at least. */
    static int check(Part part) {
        Part pattern = part.part("pattern");
        if (pattern.json().size() != 1) {
            throw part.mustBe("pattern", "one String or one Regex");
        }
        if (pattern.json().has("String")) {
            String text = pattern.text("String", LONGEST);
            return text.codePointCount(0, text.length());
        }
        String regex = pattern.text("Regex", LONGEST);
        try {
            return RegexParser.parse(regex).accepted();
        } catch (BadRegexException e) {
            throw pattern.bad("has the regular expression " + e.getMessage());
        }
    }
}
