package org.peft4j.prompt;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;

/** {@code adapter_config.json} of prompt tuning, key by key as peft writes it. */
final class PromptTuningConfigJson {

    private PromptTuningConfigJson() {}

    static JsonObject write(PromptTuningConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, PromptTuningConfig.PEFT_TYPE);
        config.virtualTokens().writeTo(json);
        writeInitialization(json, config.initialization());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    /** What peft has no name for counts as random: it matters to fresh adapters only. */
    static void writeInitialization(JsonObject json, PromptInitialization initialization) {
        json.addProperty("prompt_tuning_init", name(initialization));
        boolean fromText = initialization instanceof PromptInitialization.Text;
        @Nullable PromptInitialization.Text text =
                fromText ? (PromptInitialization.Text) initialization : null;
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

    static PromptTuningConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                new JsonObject(),
                () ->
                        new PromptTuningConfig(
                                AdapterOrigin.read(json),
                                VirtualTokens.read(json),
                                readInitialization(json),
                                json.optionalStrings("modules_to_save").orElse(List.of())));
    }

    static PromptInitialization readInitialization(JsonFields json) {
        String name = json.optionalString("prompt_tuning_init").orElse("RANDOM");
        return switch (name) {
            case "RANDOM" -> PromptInitialization.random();
            case "SAMPLE_VOCAB" -> PromptInitialization.sampledVocabulary();
            case "TEXT" -> readText(json);
            default -> throw json.mustBe("prompt_tuning_init", "one of RANDOM, TEXT, SAMPLE_VOCAB");
        };
    }

    static PromptInitialization readText(JsonFields json) {
        return new PromptInitialization.Text(
                json.string("prompt_tuning_init_text"),
                json.string("tokenizer_name_or_path"),
                json.optionalObject("tokenizer_kwargs").map(JsonFields::object).orElse(null),
                List.of());
    }
}
