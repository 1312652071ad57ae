package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFiles;

/**
 * The files of a tokenizer, read together as {@code AutoTokenizer} of {@code transformers} 5 reads
 * them: what the tokenizers library is given, and the tokens that have names.
 *
 * @param file names the tokenizer in errors
 * @param tokenizer the whole of {@code tokenizer.json} as it would be if nothing else were there
 * @param named the texts of the special tokens by their names, such as {@code eos_token}; what a
 *     chat template may name
 * @param ids the ids of these tokens
 * @param cleanUp whether spaces before punctuation are taken away from decoded texts
 */
public record TokenizerFiles(
        Path file,
        JsonObject tokenizer,
        Map<String, String> named,
        Map<String, Long> ids,
        boolean cleanUp) {

    private static final String FILE = "tokenizer.json";
    private static final String BPE = "BPE";
    private static final String CLEAN_UP = "clean_up_tokenization_spaces";

    /** Against the advice of its own name. */
    private static final String CLEAN_UP_BPE =
            "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output";

    /** Copies the maps. */
    public TokenizerFiles {
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
        ids = Map.copyOf(ids);
    }

    /**
     * Reads the files of a directory.
     *
     * @throws BadFileException if there is no tokenizer, or a file is damaged
     */
    public static TokenizerFiles read(Path directory) {
        Path file = directory.resolve(FILE);
        Optional<JsonObject> whole =
                Files.isRegularFile(file)
                        ? Optional.of(
                                JsonFiles.parse(
                                        file, JsonFiles.text(file), TokenizerCheck.MOST_VALUES))
                        : Optional.empty();
        TokenizerSettings settings = TokenizerSettings.read(directory, whole.orElse(null));
        TokenizerClass kind = kind(directory, settings, whole);
        if (whole.isEmpty()) {
            Optional<JsonObject> made = VocabularyFiles.read(directory, kind);
            JsonObject vocabulary = made.orElseThrow(() -> VocabularyFiles.missing(directory));
            return new Reading(directory, kind, settings).of(vocabulary, true);
        }
        if (!(whole.get().get("model") instanceof JsonObject)) {
            throw new BadFileException(file, "has no model", "Download it again");
        }
        // Which tokens it adds at its start and end is said by its post-processor alone.
        settings.fields().object().remove("add_bos_token");
        settings.fields().object().remove("add_eos_token");
        return new Reading(file, kind, settings).of(whole.get(), false);
    }

    private static TokenizerClass kind(
            Path directory, TokenizerSettings settings, Optional<JsonObject> whole) {
        Path file = directory.resolve("config.json");
        JsonObject config = Files.exists(file) ? JsonFiles.read(file) : new JsonObject();
        Optional<String> named =
                text(settings.fields().object().get("tokenizer_class"))
                        .or(() -> text(config.get("tokenizer_class")));
        boolean bytes = whole.map(TokenizerFiles::isByteLevel).orElse(false);
        return TokenizerClass.choose(named, text(config.get("model_type")).orElse(""), bytes);
    }

    private static boolean isByteLevel(JsonObject whole) {
        return List.of("pre_tokenizer", "decoder", "post_processor", "normalizer").stream()
                .anyMatch(part -> String.valueOf(whole.get(part)).contains("\"ByteLevel\""));
    }

    private static Optional<String> text(JsonElement value) {
        return value instanceof JsonPrimitive p && p.isString()
                ? Optional.of(p.getAsString())
                : Optional.empty();
    }

    /** One reading, once the class is known. */
    private record Reading(Path file, TokenizerClass kind, TokenizerSettings settings) {

        TokenizerFiles of(JsonObject from, boolean explicitEnds) {
            Map<String, NamedToken> named = named();
            Backends backends = new Backends(kind, settings.fields(), named);
            boolean rebuilt = fits(from);
            JsonObject made = rebuilt ? backends.rebuilt(from) : Backends.copyOf(from);
            JsonObject model = made.getAsJsonObject("model");
            Vocabulary vocabulary = new Vocabulary(model.get("vocab"));
            if (!rebuilt && from.get("added_tokens") != null) {
                vocabulary.add(serialized(from));
            }
            vocabulary.add(missing(vocabulary, named));
            if (kind == TokenizerClass.QWEN2 && rebuilt) {
                vocabulary.add(specials(named));
            }
            made.add("added_tokens", vocabulary.toJson());
            postProcess(made, backends, vocabulary, explicitEnds, rebuilt);
            return new TokenizerFiles(
                    file, made, texts(named), ids(named, vocabulary), cleanUp(model));
        }

        private void postProcess(
                JsonObject made,
                Backends backends,
                Vocabulary vocabulary,
                boolean explicitEnds,
                boolean rebuilt) {
            Optional<JsonObject> own =
                    rebuilt ? backends.postProcessor(vocabulary) : Optional.empty();
            boolean none = !(made.get("post_processor") instanceof JsonObject);
            boolean asked =
                    explicitEnds
                            && (settings.names("add_bos_token") || settings.names("add_eos_token"));
            if (own.isPresent()) {
                made.add("post_processor", own.get());
            } else if (none || asked) {
                made.add("post_processor", backends.plain(vocabulary));
            }
        }

        /** A class brings its own parts only where the vocabulary is of its kind of model. */
        private boolean fits(JsonObject from) {
            JsonObject model = from.getAsJsonObject("model");
            boolean list = model.get("vocab") != null && model.get("vocab").isJsonArray();
            return switch (kind) {
                case BACKEND -> false;
                case T5, XLM_ROBERTA, CAMEMBERT -> list;
                case BERT, MPNET -> !list && !model.has("merges");
                default -> !list && model.has("merges");
            };
        }

        private Map<String, NamedToken> named() {
            Map<String, NamedToken> named = new LinkedHashMap<>();
            for (String name : TokenizerSettings.NAMES) {
                Optional<NamedToken> token = settings.named(name);
                if (token.isEmpty() && !settings.names(name)) {
                    token = kind.defaultOf(name).map(this::withMaskFlags);
                }
                token.ifPresent(t -> named.put(name, t));
            }
            named.putAll(settings.ownNames());
            return named;
        }

        /** CamemBERT's and MPNet's mask swallows the space before it. */
        private NamedToken withMaskFlags(NamedToken token) {
            boolean swallows = kind == TokenizerClass.CAMEMBERT || kind == TokenizerClass.MPNET;
            return swallows && token.content().equals("<mask>")
                    ? NamedToken.of(
                            new AddedToken(
                                    token.content(),
                                    false,
                                    true,
                                    false,
                                    kind == TokenizerClass.MPNET,
                                    kind == TokenizerClass.CAMEMBERT))
                    : token;
        }

        private List<AddedToken> serialized(JsonObject from) {
            List<AddedToken> tokens = new ArrayList<>();
            if (from.get("added_tokens") instanceof JsonArray array) {
                for (JsonElement token : array) {
                    if (token instanceof JsonObject object) {
                        tokens.add(AddedToken.read(file, "added_tokens", object, false));
                    }
                }
            }
            return tokens;
        }

        /** What the other files name and the tokenizer does not have, in transformers' order. */
        private List<AddedToken> missing(Vocabulary vocabulary, Map<String, NamedToken> named) {
            List<AddedToken> present = vocabulary.added();
            List<String> known =
                    new ArrayList<>(present.stream().map(AddedToken::content).toList());
            List<NamedToken> wanted = new ArrayList<>();
            for (AddedToken token : settings.added()) {
                if (!present.contains(token)) {
                    wanted.add(NamedToken.of(token));
                    known.add(token.content());
                }
            }
            List<NamedToken> further = new ArrayList<>(named.values());
            further.addAll(settings.extra().orElseGet(this::ownExtra));
            for (NamedToken token : further) {
                if (!known.contains(token.content()) && !wanted.contains(token)) {
                    wanted.add(token);
                }
            }
            List<String> names = named.values().stream().map(NamedToken::content).toList();
            return wanted.stream().map(token -> added(token, names)).toList();
        }

        private static AddedToken added(NamedToken token, List<String> names) {
            AddedToken flags = token.flags().orElse(AddedToken.special(token.content()));
            return !flags.special() && names.contains(token.content()) ? flags.asSpecial() : flags;
        }

        /** The tokens without a name that a class has by itself. */
        private List<NamedToken> ownExtra() {
            return switch (kind) {
                case T5 -> {
                    int count = settings.fields().optionalInt("extra_ids").orElse(100);
                    yield IntStream.range(0, Math.min(count, MOST_SENTINELS))
                            .mapToObj(i -> NamedToken.of("<extra_id_" + i + ">"))
                            .toList();
                }
                case CAMEMBERT ->
                        List.of("<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED").stream()
                                .map(NamedToken::of)
                                .toList();
                default -> List.of();
            };
        }

        private static final int MOST_SENTINELS = 10_000;

        private List<AddedToken> specials(Map<String, NamedToken> named) {
            List<NamedToken> all = new ArrayList<>(named.values());
            all.addAll(settings.extra().orElse(List.of()));
            return all.stream()
                    .map(NamedToken::content)
                    .distinct()
                    .map(AddedToken::special)
                    .toList();
        }

        private static Map<String, String> texts(Map<String, NamedToken> named) {
            Map<String, String> texts = new LinkedHashMap<>();
            named.forEach((name, token) -> texts.put(name, token.content()));
            return texts;
        }

        private static Map<String, Long> ids(Map<String, NamedToken> named, Vocabulary vocabulary) {
            Map<String, Long> ids = new LinkedHashMap<>();
            named.forEach(
                    (name, token) -> {
                        OptionalLong id = vocabulary.idOf(token.content());
                        id.ifPresent(found -> ids.put(name, found));
                    });
            return ids;
        }

        private boolean cleanUp(JsonObject model) {
            boolean bpe = text(model.get("type")).orElse("").equals(BPE);
            return settings.fields().optionalBool(CLEAN_UP).orElse(false)
                    && (!bpe || settings.fields().optionalBool(CLEAN_UP_BPE).orElse(false));
        }
    }
}
