package org.peft4j.transformers.text.files;

import java.util.Set;

/** Checks what makes text of tokens, and finds out how long it may become. */
final class DecoderCheck {

    private static final Set<String> KNOWN =
            Set.of(
                    "BPEDecoder",
                    "ByteLevel",
                    "WordPiece",
                    "Metaspace",
                    "CTC",
                    "Sequence",
                    "Replace",
                    "Fuse",
                    "Strip",
                    "ByteFallback");

    private DecoderCheck() {}

    static double growth(Part part, int depth) {
        switch (part.type(KNOWN)) {
            case "Sequence" -> {
                return Sequences.growth(part, "decoders", depth, DecoderCheck::growth);
            }
            case "Replace" -> {
                return Patterns.growth(part);
            }
            case "BPEDecoder" -> {
                return part.text("suffix", Part.LONGEST_AFFIX).isEmpty() ? 2 : 1;
            }
            case "CTC" -> {
                part.text("pad_token", Part.LONGEST_AFFIX);
                part.flags("cleanup");
                return part.text("word_delimiter_token", Part.LONGEST_AFFIX).isEmpty() ? 2 : 1;
            }
            case "WordPiece" -> {
                part.text("prefix", Part.LONGEST_AFFIX);
                part.flags("cleanup");
                return 2;
            }
            case "Strip" -> strip(part);
            case "ByteLevel" -> PreTokenizerCheck.byteLevel(part);
            case "Metaspace" -> PreTokenizerCheck.metaspace(part);
            default -> {}
        }
        return 1;
    }

    /** On the right, the library goes past the beginning of a token that is all stripped. */
    private static void strip(Part part) {
        part.character("content");
        part.whole("start", 0, Integer.MAX_VALUE);
        part.whole("stop", 0, 0);
    }
}
