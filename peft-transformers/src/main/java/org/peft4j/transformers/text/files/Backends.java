package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.peft4j.core.files.JsonFields;
import org.peft4j.transformers.text.files.Template.Piece;

/**
 * The parts of {@code tokenizer.json} that a {@link TokenizerClass} brings itself: normalizer,
 * pre-tokenizer, decoder and post-processor, and the settings of its model.
 */
final class Backends {

    private static final String SPACE = "▁";

    private static final String QWEN2_WORDS =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private final TokenizerClass kind;
    private final JsonFields settings;
    private final Map<String, NamedToken> named;

    Backends(TokenizerClass kind, JsonFields settings, Map<String, NamedToken> named) {
        this.kind = kind;
        this.settings = settings;
        this.named = named;
    }

    /**
     * Returns a tokenizer of this class.
     *
     * @param from gives vocabulary, merges, character map, post-processor and version; its added
     *     tokens are left behind
     */
    JsonObject rebuilt(JsonObject from) {
        JsonObject made = copyOf(from);
        made.add("model", model(from.getAsJsonObject("model")));
        made.add("normalizer", normalizer(from));
        made.add("pre_tokenizer", preTokenizer());
        made.add("decoder", decoder());
        made.add("added_tokens", new JsonArray());
        return made;
    }

    /** Returns a tokenizer with the same parts: a vocabulary is too large to be there twice. */
    static JsonObject copyOf(JsonObject tokenizer) {
        JsonObject copy = new JsonObject();
        tokenizer.entrySet().forEach(part -> copy.add(part.getKey(), part.getValue()));
        return copy;
    }

    private JsonObject model(JsonObject from) {
        JsonObject model = new JsonObject();
        switch (kind) {
            case BERT, MPNET -> {
                model.addProperty("type", "WordPiece");
                model.addProperty("unk_token", content("unk_token"));
                model.addProperty("continuing_subword_prefix", "##");
                model.addProperty("max_input_chars_per_word", 100);
            }
            case T5, XLM_ROBERTA, CAMEMBERT -> {
                model.addProperty("type", "Unigram");
                model.addProperty("unk_id", unknownId(from.get("vocab")));
                model.addProperty("byte_fallback", false);
            }
            default -> {
                boolean pieces = kind == TokenizerClass.LLAMA || kind == TokenizerClass.GEMMA;
                model.addProperty("type", "BPE");
                model.add("dropout", JsonNull.INSTANCE);
                model.add(
                        "unk_token",
                        kind == TokenizerClass.GEMMA
                                ? new JsonPrimitive(content("unk_token"))
                                : JsonNull.INSTANCE);
                model.add("continuing_subword_prefix", pieces ? JsonNull.INSTANCE : text(""));
                model.add("end_of_word_suffix", pieces ? JsonNull.INSTANCE : text(""));
                model.addProperty("fuse_unk", pieces);
                model.addProperty("byte_fallback", pieces);
                model.addProperty("ignore_merges", false);
            }
        }
        model.add("vocab", from.get("vocab"));
        if (from.has("merges") && model.get("type").getAsString().equals("BPE")) {
            model.add("merges", from.get("merges"));
        }
        return model;
    }

    private static JsonPrimitive text(String text) {
        return new JsonPrimitive(text);
    }

    private String content(String name) {
        NamedToken token = named.get(name);
        return token == null ? "None" : token.content(); // as Python writes what is not there
    }

    private int unknownId(JsonElement vocabulary) {
        if (kind != TokenizerClass.CAMEMBERT) {
            return kind == TokenizerClass.T5 ? 2 : 3;
        }
        OptionalLong id = new Vocabulary(vocabulary).idOf(content("unk_token"));
        return id.isPresent() ? (int) id.getAsLong() : 0;
    }

    private JsonElement normalizer(JsonObject from) {
        return switch (kind) {
            case BERT, MPNET -> {
                JsonObject bert = object("BertNormalizer");
                bert.addProperty("clean_text", true);
                bert.addProperty("handle_chinese_chars", flag("tokenize_chinese_chars", true));
                bert.add(
                        "strip_accents",
                        settings.optionalBool("strip_accents")
                                .<JsonElement>map(JsonPrimitive::new)
                                .orElse(JsonNull.INSTANCE));
                bert.addProperty("lowercase", flag("do_lower_case", true));
                yield bert;
            }
            case GPT_NEOX, QWEN2 -> object("NFC");
            case GEMMA -> replace(" ", SPACE);
            case T5, XLM_ROBERTA, CAMEMBERT -> charsmap(from).orElse(JsonNull.INSTANCE);
            default -> JsonNull.INSTANCE;
        };
    }

    /** The character map that SentencePiece compiled, wherever the normalizer has it. */
    private static Optional<JsonElement> charsmap(JsonObject from) {
        if (!(from.get("normalizer") instanceof JsonObject normalizer)) {
            return Optional.empty();
        }
        JsonArray all = new JsonArray();
        if (normalizer.get("normalizers") instanceof JsonArray several) {
            all = several;
        } else {
            all.add(normalizer);
        }
        for (JsonElement one : all) {
            if (one instanceof JsonObject object && object.has("precompiled_charsmap")) {
                JsonObject map = object("Precompiled");
                map.add("precompiled_charsmap", object.get("precompiled_charsmap"));
                return Optional.of(map);
            }
        }
        return Optional.empty();
    }

    private JsonElement preTokenizer() {
        return switch (kind) {
            case BERT, MPNET -> object("BertPreTokenizer");
            case LLAMA -> {
                boolean legacy = flag("legacy", false);
                String scheme =
                        !flag("add_prefix_space", true) ? "never" : legacy ? "always" : "first";
                yield metaspace(scheme, false);
            }
            case GEMMA -> split(literal(" "), "MergedWithPrevious");
            case QWEN2 ->
                    sequence(
                            "pretokenizers",
                            split(regex(QWEN2_WORDS), "Isolated"),
                            byteLevel(flag("add_prefix_space", false), true, false));
            case T5 ->
                    sequence("pretokenizers", object("WhitespaceSplit"), metaspace("always", true));
            case XLM_ROBERTA, CAMEMBERT ->
                    sequence("pretokenizers", object("WhitespaceSplit"), metaspace(scheme(), true));
            case GPT_NEOX ->
                    byteLevel(flag("add_prefix_space", false), flag("trim_offsets", true), true);
            default -> byteLevel(flag("add_prefix_space", false), true, true);
        };
    }

    private String scheme() {
        return flag("add_prefix_space", true) ? "always" : "never";
    }

    private JsonElement decoder() {
        return switch (kind) {
            case BERT, MPNET -> {
                JsonObject pieces = object("WordPiece");
                pieces.addProperty("prefix", "##");
                pieces.addProperty("cleanup", true);
                yield pieces;
            }
            case LLAMA -> {
                JsonObject strip = object("Strip");
                strip.addProperty("content", " ");
                strip.addProperty("start", 1);
                strip.addProperty("stop", 0);
                yield flag("add_prefix_space", true)
                        ? sequence(
                                "decoders",
                                replace(SPACE, " "),
                                object("ByteFallback"),
                                object("Fuse"),
                                strip)
                        : sequence(
                                "decoders",
                                replace(SPACE, " "),
                                object("ByteFallback"),
                                object("Fuse"));
            }
            case GEMMA ->
                    sequence(
                            "decoders",
                            replace(SPACE, " "),
                            object("ByteFallback"),
                            object("Fuse"));
            case T5 -> metaspace("always", true);
            case XLM_ROBERTA, CAMEMBERT -> metaspace(scheme(), true);
            default -> byteLevel(true, true, true);
        };
    }

    /** Returns the post-processor that the class brings itself, if it does. */
    Optional<JsonObject> postProcessor(Vocabulary vocabulary) {
        return switch (kind) {
            case BERT -> {
                Piece classify = piece(vocabulary, "cls_token", 2);
                Piece separate = piece(vocabulary, "sep_token", 3);
                yield Optional.of(
                        Template.of(
                                List.of(classify, Piece.text(0), separate),
                                List.of(
                                        classify,
                                        Piece.text(0),
                                        separate,
                                        Piece.text(1),
                                        separate.withType(1))));
            }
            case T5 -> {
                Piece end = Piece.token("</s>", idOf(vocabulary, "eos_token", 1));
                Piece text = Piece.text(0);
                yield Optional.of(Template.of(List.of(text, end), List.of(text, end, text, end)));
            }
            case XLM_ROBERTA, CAMEMBERT -> {
                Piece begin = piece(vocabulary, "bos_token", 0);
                Piece end = piece(vocabulary, "eos_token", 0);
                Piece text = Piece.text(0);
                yield Optional.of(
                        Template.of(
                                List.of(begin, text, end),
                                List.of(begin, text, end, end, text, end)));
            }
            case ROBERTA ->
                    Optional.of(
                            roberta(
                                    vocabulary,
                                    flag("trim_offsets", true),
                                    flag("add_prefix_space", false)));
            case MPNET -> Optional.of(roberta(vocabulary, true, false));
            case GPT_NEOX -> Optional.of(plain(vocabulary));
            default -> Optional.empty();
        };
    }

    /** Returns a post-processor with the begin and end tokens that the settings ask for. */
    JsonObject plain(Vocabulary vocabulary) {
        List<Piece> single = around(vocabulary, 0);
        List<Piece> pair = new ArrayList<>(single);
        pair.addAll(around(vocabulary, 1));
        return Template.of(single, pair);
    }

    private List<Piece> around(Vocabulary vocabulary, int type) {
        List<Piece> pieces = new ArrayList<>();
        if (flag("add_bos_token", false) && named.containsKey("bos_token")) {
            pieces.add(piece(vocabulary, "bos_token", 0).withType(type));
        }
        pieces.add(Piece.text(type));
        if (flag("add_eos_token", false) && named.containsKey("eos_token")) {
            pieces.add(piece(vocabulary, "eos_token", 0).withType(type));
        }
        return pieces;
    }

    private JsonObject roberta(Vocabulary vocabulary, boolean trim, boolean prefixSpace) {
        JsonObject roberta = object("RobertaProcessing");
        roberta.add("sep", withId(vocabulary, "sep_token", 2));
        roberta.add("cls", withId(vocabulary, "cls_token", 0));
        roberta.addProperty("trim_offsets", trim);
        roberta.addProperty("add_prefix_space", prefixSpace);
        return roberta;
    }

    private JsonArray withId(Vocabulary vocabulary, String name, long otherwise) {
        JsonArray pair = new JsonArray();
        pair.add(content(name));
        pair.add(idOf(vocabulary, name, otherwise));
        return pair;
    }

    private Piece piece(Vocabulary vocabulary, String name, long otherwise) {
        return Piece.token(content(name), idOf(vocabulary, name, otherwise));
    }

    private long idOf(Vocabulary vocabulary, String name, long otherwise) {
        return vocabulary.idOf(content(name)).orElse(otherwise);
    }

    private boolean flag(String key, boolean otherwise) {
        return settings.optionalBool(key).orElse(otherwise);
    }

    private static JsonObject object(String type) {
        JsonObject object = new JsonObject();
        object.addProperty("type", type);
        return object;
    }

    private static JsonObject sequence(String key, JsonObject... parts) {
        JsonObject sequence = object("Sequence");
        JsonArray array = new JsonArray();
        List.of(parts).forEach(array::add);
        sequence.add(key, array);
        return sequence;
    }

    private static JsonObject metaspace(String scheme, boolean split) {
        JsonObject metaspace = object("Metaspace");
        metaspace.addProperty("replacement", SPACE);
        metaspace.addProperty("prepend_scheme", scheme);
        metaspace.addProperty("split", split);
        return metaspace;
    }

    private static JsonObject byteLevel(boolean prefixSpace, boolean trim, boolean regex) {
        JsonObject bytes = object("ByteLevel");
        bytes.addProperty("add_prefix_space", prefixSpace);
        bytes.addProperty("trim_offsets", trim);
        bytes.addProperty("use_regex", regex);
        return bytes;
    }

    private static JsonObject split(JsonObject pattern, String behavior) {
        JsonObject split = object("Split");
        split.add("pattern", pattern);
        split.addProperty("behavior", behavior);
        split.addProperty("invert", false);
        return split;
    }

    private static JsonObject replace(String from, String to) {
        JsonObject replace = object("Replace");
        replace.add("pattern", literal(from));
        replace.addProperty("content", to);
        return replace;
    }

    private static JsonObject literal(String text) {
        JsonObject pattern = new JsonObject();
        pattern.addProperty("String", text);
        return pattern;
    }

    private static JsonObject regex(String regex) {
        JsonObject pattern = new JsonObject();
        pattern.addProperty("Regex", regex);
        return pattern;
    }
}
