package org.peft4j.prompt.internal;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.PromptInitialization;

/** Where a prompt starts, as peft's configs say it. */
public final class InitializationJson {

    /** The key that names the way. */
    public static final String KEY = "prompt_tuning_init";

    private InitializationJson() {}

    /** What peft has no name for counts as random: it matters to fresh adapters only. */
    public static void write(JsonObject json, PromptInitialization initialization) {
        json.addProperty(KEY, name(initialization));
        PromptInitialization.@Nullable Text text =
                initialization instanceof PromptInitialization.Text given ? given : null;
        json.addProperty("prompt_tuning_init_text", text == null ? null : text.text());
        json.addProperty("tokenizer_name_or_path", text == null ? null : text.tokenizer());
        @Nullable JsonObject arguments = text == null ? null : text.tokenizerKwargs();
        json.add("tokenizer_kwargs", arguments == null ? JsonNull.INSTANCE : arguments);
    }

    private static String name(PromptInitialization initialization) {
        if (initialization instanceof PromptInitialization.Text) {
            return "TEXT";
        }
        return initialization.equals(PromptInitialization.sampledVocabulary())
                ? "SAMPLE_VOCAB"
                : "RANDOM";
    }

    /** Reads the keys. */
    public static PromptInitialization read(JsonFields json) {
        String name = json.optionalString(KEY).orElse("RANDOM");
        return switch (name) {
            case "RANDOM" -> PromptInitialization.random();
            case "SAMPLE_VOCAB" -> PromptInitialization.sampledVocabulary();
            case "TEXT" -> readText(json);
            default -> throw json.mustBe(KEY, "one of RANDOM, TEXT, SAMPLE_VOCAB");
        };
    }

    private static PromptInitialization readText(JsonFields json) {
        return new PromptInitialization.Text(
                json.string("prompt_tuning_init_text"),
                json.string("tokenizer_name_or_path"),
                json.optionalObject("tokenizer_kwargs").map(JsonFields::object).orElse(null),
                List.of());
    }
}
