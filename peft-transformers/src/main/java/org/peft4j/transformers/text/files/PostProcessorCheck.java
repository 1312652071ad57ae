package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.Set;

/** Checks what puts special tokens around texts. */
final class PostProcessorCheck {

    /** The fields of each kind. The library tells kinds by them, so that there must be no other. */
    private static final Map<String, Set<String>> FIELDS =
            Map.of(
                    "BertProcessing",
                    Set.of("type", "sep", "cls"),
                    "RobertaProcessing",
                    Set.of("type", "sep", "cls", "trim_offsets", "add_prefix_space"),
                    "ByteLevel",
                    Set.of("type", "add_prefix_space", "trim_offsets", "use_regex"),
                    "TemplateProcessing",
                    Set.of("type", "single", "pair", "special_tokens"),
                    "Sequence",
                    Set.of("type", "processors"));

    private PostProcessorCheck() {}

    static void check(Part part) {
        if (templates(part, 0) > 1) {
            throw part.bad("has more than one template");
        }
    }

    /** Checks a part and counts its templates: a second would get what the first made. */
    private static int templates(Part part, int depth) {
        String type = part.type(FIELDS.keySet());
        Set<String> fields = FIELDS.getOrDefault(type, Set.of());
        for (String key : part.json().keySet()) {
            if (!fields.contains(key)) {
                throw part.bad("has a field that a " + type + " has not");
            }
        }
        switch (type) {
            case "TemplateProcessing" -> {
                TemplateCheck.check(part);
                return 1;
            }
            case "Sequence" -> {
                return Sequences.members(part, "processors", depth).stream()
                        .mapToInt(member -> templates(member, depth + 1))
                        .sum();
            }
            case "ByteLevel" -> PreTokenizerCheck.byteLevel(part);
            case "RobertaProcessing" -> {
                ends(part);
                part.flags("trim_offsets", "add_prefix_space");
            }
            default -> ends(part);
        }
        return 0;
    }

    private static void ends(Part part) {
        for (String key : Set.of("sep", "cls")) {
            JsonArray pair = part.list(key, 2);
            if (pair.size() != 2 || !(pair.get(0) instanceof JsonPrimitive p) || !p.isString()) {
                throw part.mustBe(key, "a token and its id");
            }
            part.whole(pair.get(1), key + "[1]", 0, Part.LARGEST_ID);
        }
    }
}
