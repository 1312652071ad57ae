package org.peft4j.prompt.prefix;

import com.google.gson.JsonObject;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.VirtualTokens;

/** {@code adapter_config.json} of a prefix, key by key as peft writes it. */
final class PrefixTuningConfigJson {

    private static final String CROSS = "cross_attention_prefix";

    private PrefixTuningConfigJson() {}

    static JsonObject write(PrefixTuningConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, PrefixTuningConfig.PEFT_TYPE);
        config.virtualTokens().writeTo(json);
        json.addProperty("encoder_hidden_size", config.encoderHiddenSize());
        json.addProperty("prefix_projection", config.prefixProjection());
        json.addProperty("init_weights", config.initWeights());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        if (config.crossAttention()) {
            json.addProperty(CROSS, true);
        }
        return json;
    }

    static PrefixTuningConfig read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static PrefixTuningConfig settings(JsonFields json) {
        PrefixTuningConfigBuilder builder =
                PrefixTuningConfig.builder()
                        .origin(AdapterOrigin.read(json))
                        .virtualTokens(VirtualTokens.read(json));
        json.optionalPositiveInt("encoder_hidden_size").ifPresent(builder::encoderHiddenSize);
        json.optionalBool("prefix_projection").ifPresent(builder::prefixProjection);
        json.optionalString("init_weights").ifPresent(builder::initWeights);
        json.optionalBool(CROSS).ifPresent(builder::crossAttention);
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }
}
