package org.peft4j.prompt;

import com.google.gson.JsonObject;
import java.util.List;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.internal.InitializationJson;

/** {@code adapter_config.json} of prompt tuning, key by key as peft writes it. */
final class PromptTuningConfigJson {

    private PromptTuningConfigJson() {}

    static JsonObject write(PromptTuningConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, PromptTuningConfig.PEFT_TYPE);
        config.virtualTokens().writeTo(json);
        InitializationJson.write(json, config.initialization());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    static PromptTuningConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                new JsonObject(),
                () ->
                        new PromptTuningConfig(
                                AdapterOrigin.read(json),
                                VirtualTokens.read(json),
                                InitializationJson.read(json),
                                json.optionalStrings("modules_to_save").orElse(List.of())));
    }
}
