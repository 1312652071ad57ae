package org.peft4j.transformers.text.files;

import java.util.Set;

/** Checks what rewrites texts, and finds out how long they may become. */
final class NormalizerCheck {

    private static final Set<String> KNOWN =
            Set.of(
                    "Bert",
                    "BertNormalizer",
                    "Strip",
                    "StripAccents",
                    "NFC",
                    "NFD",
                    "NFKC",
                    "NFKD",
                    "Sequence",
                    "Lowercase",
                    "Nmt",
                    "Precompiled",
                    "Replace",
                    "Prepend",
                    "ByteLevel");

    private NormalizerCheck() {}

    static double growth(Part part, int depth) {
        return switch (part.type(KNOWN)) {
            case "Bert", "BertNormalizer" -> {
                part.flags("clean_text", "handle_chinese_chars", "lowercase");
                part.optionalFlags("strip_accents");
                yield 1;
            }
            case "Strip" -> {
                part.flags("strip_left", "strip_right");
                yield 1;
            }
            case "Prepend" -> prepend(part);
            case "Replace" -> replace(part);
            case "Precompiled" -> CharsmapCheck.growth(part);
            case "ByteLevel" -> Patterns.BYTES_OF_A_CHARACTER;
            case "Sequence" ->
                    Sequences.growth(part, "normalizers", depth, NormalizerCheck::growth);
            default -> 1;
        };
    }

    /** Nothing in front of a text would leave its first character without a place in it. */
    private static double prepend(Part part) {
        String text = part.text("prepend", Part.LONGEST_AFFIX);
        if (text.isEmpty()) {
            throw part.mustBe("prepend", "a text that is not empty");
        }
        return 1.0 + text.length();
    }

    /** What is put where nothing was has no place in the text, which later steps ask for. */
    private static double replace(Part part) {
        double growth = Patterns.growth(part);
        if (Patterns.check(part) == 0) {
            throw part.mustBe("pattern", "one that matches at least one character");
        }
        return growth;
    }
}
