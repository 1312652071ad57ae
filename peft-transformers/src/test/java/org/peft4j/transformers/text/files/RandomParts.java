package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Random;

/** Makes tokenizer parts of all kinds, sensible and not, that a damaged file would seldom have. */
final class RandomParts {

    private static final List<String> TEXTS =
            List.of(
                    "", " ", "  ", "a", "▁", "##", "</w>", "ab", "\\n", "🙂", "Ġ", "é", "x y",
                    "aa");

    private static final List<String> ATOMS =
            List.of(
                    "a",
                    ".",
                    "\\\\s",
                    "\\\\S",
                    "\\\\w",
                    "\\\\p{L}",
                    "[^a]",
                    "[a-z&&[^b]]",
                    "\\\\b",
                    "^",
                    "$",
                    "é",
                    "(a|b)",
                    "(?:ab)",
                    "(?=a)",
                    "(?!a)",
                    "(?<=a)",
                    "(?<!a)",
                    "(?>a+)",
                    "(?i:s)",
                    "");

    private static final List<String> REPEATS =
            List.of("", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "*?", "++", "{0,2}?");

    private static final List<String> BEHAVIORS =
            List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");

    private final Random random;

    RandomParts(Random random) {
        this.random = random;
    }

    /** Replaces some parts of a tokenizer. */
    void replace(JsonObject tokenizer) {
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            switch (random.nextInt(5)) {
                case 0 -> tokenizer.add("normalizer", JsonParser.parseString(normalizer(0)));
                case 1 -> tokenizer.add("pre_tokenizer", JsonParser.parseString(preTokenizer(0)));
                case 2 -> tokenizer.add("decoder", JsonParser.parseString(decoder(0)));
                case 3 -> tokenizer.add("post_processor", JsonParser.parseString(postProcessor(0)));
                default -> tokenizer.add("added_tokens", addedTokens());
            }
        }
    }

    private JsonArray addedTokens() {
        JsonArray tokens = new JsonArray();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            tokens.add(
                    JsonParser.parseString(
                            "{\"id\":%d,\"content\":\"%s\",\"single_word\":%b,\"lstrip\":%b,\"rstrip\":%b,\"normalized\":%b,\"special\":%b}"
                                    .formatted(
                                            random.nextInt(300),
                                            text(),
                                            flag(),
                                            flag(),
                                            flag(),
                                            flag(),
                                            flag())));
        }
        return tokens;
    }

    private String normalizer(int depth) {
        return switch (random.nextInt(depth < 2 ? 13 : 10)) {
            case 0 ->
                    "{\"type\":\"BertNormalizer\",\"clean_text\":%b,\"handle_chinese_chars\":%b,\"strip_accents\":null,\"lowercase\":%b}"
                            .formatted(flag(), flag(), flag());
            case 1 ->
                    "{\"type\":\"Strip\",\"strip_left\":%b,\"strip_right\":%b}"
                            .formatted(flag(), flag());
            case 2 -> "{\"type\":\"Prepend\",\"prepend\":\"%s\"}".formatted(text());
            case 3, 4, 5 -> replacement();
            case 6 -> "{\"type\":\"ByteLevel\"}";
            case 7 -> "{\"type\":\"%s\"}".formatted(one(List.of("NFC", "NFD", "NFKC", "NFKD")));
            case 8 ->
                    "{\"type\":\"%s\"}".formatted(one(List.of("StripAccents", "Lowercase", "Nmt")));
            case 9 ->
                    "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"%s\"}"
                            .formatted(new RandomCharsmap(random).base64());
            default ->
                    "{\"type\":\"Sequence\",\"normalizers\":[%s,%s]}"
                            .formatted(normalizer(depth + 1), normalizer(depth + 1));
        };
    }

    private String preTokenizer(int depth) {
        return switch (random.nextInt(depth < 2 ? 11 : 9)) {
            case 0 -> byteLevel();
            case 1 -> metaspace();
            case 2 ->
                    "{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"%s\"}".formatted(character());
            case 3, 4 ->
                    "{\"type\":\"Split\",\"pattern\":%s,\"behavior\":\"%s\",\"invert\":%b}"
                            .formatted(pattern(), one(BEHAVIORS), flag());
            case 5 -> "{\"type\":\"Punctuation\",\"behavior\":\"%s\"}".formatted(one(BEHAVIORS));
            case 6 -> "{\"type\":\"Digits\",\"individual_digits\":%b}".formatted(flag());
            case 7 -> "{\"type\":\"FixedLength\",\"length\":%d}".formatted(1 + random.nextInt(5));
            case 8 ->
                    "{\"type\":\"%s\"}"
                            .formatted(
                                    one(
                                            List.of(
                                                    "Whitespace",
                                                    "WhitespaceSplit",
                                                    "UnicodeScripts",
                                                    "BertPreTokenizer")));
            default ->
                    "{\"type\":\"Sequence\",\"pretokenizers\":[%s,%s]}"
                            .formatted(preTokenizer(depth + 1), preTokenizer(depth + 1));
        };
    }

    private String decoder(int depth) {
        return switch (random.nextInt(depth < 2 ? 12 : 10)) {
            case 0 -> byteLevel();
            case 1 -> metaspace();
            case 2 -> "{\"type\":\"BPEDecoder\",\"suffix\":\"%s\"}".formatted(text());
            case 3 ->
                    "{\"type\":\"WordPiece\",\"prefix\":\"%s\",\"cleanup\":%b}"
                            .formatted(text(), flag());
            case 4 ->
                    "{\"type\":\"CTC\",\"pad_token\":\"%s\",\"word_delimiter_token\":\"%s\",\"cleanup\":%b}"
                            .formatted(text(), text(), flag());
            case 5, 6 -> replacement();
            case 7 ->
                    "{\"type\":\"Strip\",\"content\":\"%s\",\"start\":%d,\"stop\":%d}"
                            .formatted(character(), random.nextInt(4), random.nextInt(4) / 3);
            case 8 -> "{\"type\":\"Fuse\"}";
            case 9 -> "{\"type\":\"ByteFallback\"}";
            default ->
                    "{\"type\":\"Sequence\",\"decoders\":[%s,%s]}"
                            .formatted(decoder(depth + 1), decoder(depth + 1));
        };
    }

    private String postProcessor(int depth) {
        String ends =
                "\"sep\":[\"%s\",%d],\"cls\":[\"%s\",%d]".formatted(text(), id(), text(), id());
        return switch (random.nextInt(depth < 2 ? 6 : 4)) {
            case 0 -> byteLevel();
            case 1 -> "{\"type\":\"BertProcessing\",%s}".formatted(ends);
            case 2 ->
                    "{\"type\":\"RobertaProcessing\",%s,\"trim_offsets\":%b,\"add_prefix_space\":%b}"
                            .formatted(ends, flag(), flag());
            case 3 ->
                    "{\"type\":\"TemplateProcessing\",\"single\":[%s],\"pair\":[%s,%s,%s],\"special_tokens\":{\"s\":{\"id\":\"s\",\"ids\":[%d],\"tokens\":[\"%s\"]}}}"
                            .formatted(piece(), piece(), piece(), piece(), id(), text());
            default ->
                    "{\"type\":\"Sequence\",\"processors\":[%s,%s]}"
                            .formatted(postProcessor(depth + 1), postProcessor(depth + 1));
        };
    }

    private String piece() {
        return random.nextInt(3) == 0
                ? "{\"SpecialToken\":{\"id\":\"s\",\"type_id\":0}}"
                : "{\"Sequence\":{\"id\":\"%s\",\"type_id\":%d}}"
                        .formatted(flag() ? "A" : "B", random.nextInt(2));
    }

    private String byteLevel() {
        return "{\"type\":\"ByteLevel\",\"add_prefix_space\":%b,\"trim_offsets\":%b,\"use_regex\":%b}"
                .formatted(flag(), flag(), flag());
    }

    private String metaspace() {
        return "{\"type\":\"Metaspace\",\"replacement\":\"%s\",\"prepend_scheme\":\"%s\",\"split\":%b}"
                .formatted(character(), one(List.of("first", "never", "always")), flag());
    }

    private String replacement() {
        return "{\"type\":\"Replace\",\"pattern\":%s,\"content\":\"%s\"}"
                .formatted(pattern(), text());
    }

    private String pattern() {
        if (flag()) {
            return "{\"String\":\"%s\"}".formatted(text());
        }
        StringBuilder regex = new StringBuilder();
        int length = random.nextInt(6);
        for (int i = 0; i < length; i++) {
            regex.append(one(ATOMS)).append(one(REPEATS));
            regex.append(random.nextInt(4) == 0 ? "|" : "");
        }
        String inner = regex.toString();
        return "{\"Regex\":\"%s\"}"
                .formatted(random.nextInt(4) == 0 ? "(" + inner + ")" + one(REPEATS) : inner);
    }

    private String text() {
        return one(TEXTS);
    }

    private String character() {
        return one(List.of("▁", " ", "a", "_", "🙂", "\\n"));
    }

    private int id() {
        return random.nextInt(8) == 0 ? Integer.MAX_VALUE : random.nextInt(300);
    }

    private boolean flag() {
        return random.nextBoolean();
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
