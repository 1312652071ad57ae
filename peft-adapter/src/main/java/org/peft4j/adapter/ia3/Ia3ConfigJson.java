package org.peft4j.adapter.ia3;

import com.google.gson.JsonObject;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.targets.TargetSpec;

/** {@code adapter_config.json} of an IA3 adapter, key by key as peft writes it. */
final class Ia3ConfigJson {

    private Ia3ConfigJson() {}

    static JsonObject write(Ia3Config config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, Ia3Config.PEFT_TYPE);
        json.add("target_modules", config.targets().modules().toJson());
        json.add("exclude_modules", PeftConfigJson.patternOrNull(config.targets().exclude()));
        json.add("feedforward_modules", PeftConfigJson.patternOrNull(config.feedForward()));
        json.addProperty("fan_in_fan_out", config.fanInFanOut());
        json.addProperty("init_ia3_weights", config.initWeights());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    static Ia3Config read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static Ia3Config settings(JsonFields json) {
        Ia3ConfigBuilder builder = Ia3Config.builder().origin(AdapterOrigin.read(json));
        builder.targetModules(TargetSpec.read(json, "target_modules"));
        builder.excludeModules(TargetSpec.readPattern(json, "exclude_modules"));
        builder.feedForwardModules(TargetSpec.readPattern(json, "feedforward_modules"));
        json.optionalBool("fan_in_fan_out").ifPresent(builder::fanInFanOut);
        json.optionalBool("init_ia3_weights").ifPresent(builder::initWeights);
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }
}
