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
            case "Prepend" -> 1 + part.text("prepend", Part.LONGEST_AFFIX).length();
            case "Replace" -> Patterns.growth(part);
            case "Precompiled" -> CharsmapCheck.growth(part);
            case "ByteLevel" -> Patterns.BYTES_OF_A_CHARACTER;
            case "Sequence" ->
                    Sequences.growth(part, "normalizers", depth, NormalizerCheck::growth);
            default -> 1;
        };
    }
}
