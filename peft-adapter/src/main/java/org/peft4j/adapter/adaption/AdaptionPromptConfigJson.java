package org.peft4j.adapter.adaption;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;

/** {@code adapter_config.json} of a LLaMA-Adapter, key by key as peft writes it. */
final class AdaptionPromptConfigJson {

    private AdaptionPromptConfigJson() {}

    static JsonObject write(AdaptionPromptConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, AdaptionPromptConfig.PEFT_TYPE);
        json.addProperty("adapter_len", config.adapterLen());
        json.addProperty("adapter_layers", config.adapterLayers());
        json.addProperty("target_modules", config.targetModules());
        return json;
    }

    static AdaptionPromptConfig read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static AdaptionPromptConfig settings(JsonFields json) {
        @Nullable Integer layers =
                json.optionalPositiveInt("adapter_layers").isPresent()
                        ? Integer.valueOf(json.positiveInt("adapter_layers"))
                        : null;
        return new AdaptionPromptConfig(
                AdapterOrigin.read(json),
                json.positiveInt("adapter_len"),
                layers,
                json.optionalString("target_modules").orElse(null),
                List.of());
    }
}
