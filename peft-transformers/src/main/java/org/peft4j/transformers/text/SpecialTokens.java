package org.peft4j.transformers.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.JsonFiles;

/**
 * The ids that have a meaning of their own.
 *
 * @param begin begins a text
 * @param end ends a text
 * @param pad fills a batch
 * @param unknown stands for what cannot be encoded
 * @param classify stands before a text and is what an encoder classifies by: BERT's {@code [CLS]}
 * @param separate stands behind each text of an encoder: BERT's {@code [SEP]}
 * @param mask stands for a token to guess
 * @param ends all ids that end a generated text: those of {@code generation_config.json}, which
 *     chat models have several of, or else {@code end}
 */
public record SpecialTokens(
        OptionalLong begin,
        OptionalLong end,
        OptionalLong pad,
        OptionalLong unknown,
        OptionalLong classify,
        OptionalLong separate,
        OptionalLong mask,
        Set<Long> ends) {

    /** Copies the set. */
    public SpecialTokens {
        ends = Set.copyOf(ends);
    }

    /**
     * Reads what a checkpoint directory says: the tokens of its tokenizer, else the ids of {@code
     * generation_config.json}, else those of {@code config.json}. Both files may be missing.
     *
     * @param named the ids of the tokenizer's tokens by their names
     */
    static SpecialTokens read(Path directory, Map<String, Long> named) {
        List<JsonObject> ids =
                List.of("generation_config.json", "config.json").stream()
                        .flatMap(name -> json(directory, name).stream())
                        .toList();
        Function<String, OptionalLong> find =
                name -> {
                    Long ofName = named.get(name + "_token");
                    return ofName == null
                            ? first(ids(ids, name + "_token_id"))
                            : OptionalLong.of(ofName);
                };
        OptionalLong end = find.apply("eos");
        Set<Long> ends = ids(ids, "eos_token_id");
        end.ifPresent(id -> ends.addAll(ends.isEmpty() ? Set.of(id) : Set.of()));
        return new SpecialTokens(
                find.apply("bos"),
                end,
                find.apply("pad"),
                find.apply("unk"),
                find.apply("cls"),
                find.apply("sep"),
                find.apply("mask"),
                ends);
    }

    private static Optional<JsonObject> json(Path directory, String name) {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Optional.of(JsonFiles.read(file)) : Optional.empty();
    }

    /** The ids under a key of the first config that has any; they come alone or as a list. */
    private static Set<Long> ids(List<JsonObject> configs, String key) {
        Set<Long> found = new LinkedHashSet<>();
        for (JsonObject config : configs) {
            if (config.get(key) instanceof JsonArray array) {
                array.forEach(id -> addId(found, id));
            } else {
                addId(found, config.get(key));
            }
            if (!found.isEmpty()) {
                break;
            }
        }
        return found;
    }

    private static void addId(Set<Long> found, @Nullable JsonElement id) {
        if (id instanceof JsonPrimitive p && p.isNumber() && p.getAsLong() >= 0) {
            found.add(p.getAsLong());
        }
    }

    private static OptionalLong first(Set<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).findFirst();
    }
}
