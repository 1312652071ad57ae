package org.peft4j.transformers.text.files;

import java.util.Set;

/** Checks what cuts texts into words, and finds out how long they may become. */
final class PreTokenizerCheck {

    private static final Set<String> KNOWN =
            Set.of(
                    "BertPreTokenizer",
                    "ByteLevel",
                    "CharDelimiterSplit",
                    "Delimiter",
                    "Metaspace",
                    "Whitespace",
                    "Sequence",
                    "Split",
                    "Punctuation",
                    "WhitespaceSplit",
                    "Digits",
                    "UnicodeScripts",
                    "FixedLength");

    private static final Set<String> BEHAVIORS =
            Set.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");

    private PreTokenizerCheck() {}

    static double growth(Part part, int depth) {
        switch (part.type(KNOWN)) {
            case "ByteLevel" -> {
                byteLevel(part);
                return 2 * Patterns.BYTES_OF_A_CHARACTER;
            }
            case "Metaspace" -> {
                metaspace(part);
                return 2;
            }
            case "Sequence" -> {
                return Sequences.growth(part, "pretokenizers", depth, PreTokenizerCheck::growth);
            }
            case "CharDelimiterSplit", "Delimiter" -> part.character("delimiter");
            case "Split" -> {
                Patterns.check(part);
                part.oneOf("behavior", BEHAVIORS);
                part.flags("invert");
            }
            case "Punctuation" -> {
                if (part.json().has("behavior")) {
                    part.oneOf("behavior", BEHAVIORS);
                }
            }
            case "Digits" -> part.flags("individual_digits");
            case "FixedLength" -> {
                if (part.json().has("length")) {
                    part.whole("length", 1, Integer.MAX_VALUE);
                }
            }
            default -> {}
        }
        return 1;
    }

    /** Bytes written as characters, which pre-tokenizers, post-processors and decoders share. */
    static void byteLevel(Part part) {
        part.flags("add_prefix_space", "trim_offsets");
        part.flagsIfThere("use_regex");
    }

    /** A sign for spaces, which pre-tokenizers and decoders share. */
    static void metaspace(Part part) {
        part.character("replacement");
        part.optionalFlags("add_prefix_space", "split");
        part.optionalText("str_rep", Part.LONGEST_AFFIX);
        if (part.json().has("prepend_scheme")) {
            part.oneOf("prepend_scheme", Set.of("first", "never", "always"));
        }
    }
}
