package org.peft4j.prompt.ptuning;

import com.google.gson.JsonObject;
import java.util.Arrays;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.VirtualTokens;

/** {@code adapter_config.json} of P-tuning, key by key as peft writes it. */
final class PTuningConfigJson {

    private PTuningConfigJson() {}

    static JsonObject write(PTuningConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, PTuningConfig.PEFT_TYPE);
        config.virtualTokens().writeTo(json);
        json.addProperty("encoder_reparameterization_type", config.encoder().name());
        json.addProperty("encoder_hidden_size", config.hiddenSize());
        json.addProperty("encoder_num_layers", config.layers());
        json.addProperty("encoder_dropout", config.dropout());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    static PTuningConfig read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static PTuningConfig settings(JsonFields json) {
        PTuningConfigBuilder builder = PTuningConfig.builder().origin(AdapterOrigin.read(json));
        builder.virtualTokens(VirtualTokens.read(json));
        json.optionalString("encoder_reparameterization_type")
                .ifPresent(name -> builder.encoder(type(json, name)));
        json.optionalPositiveInt("encoder_hidden_size").ifPresent(builder::hiddenSize);
        json.optionalPositiveInt("encoder_num_layers").ifPresent(builder::layers);
        json.optionalNumber("encoder_dropout").ifPresent(builder::dropout);
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }

    private static EncoderType type(JsonFields json, String name) {
        return Arrays.stream(EncoderType.values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow(() -> json.mustBe("encoder_reparameterization_type", "MLP or LSTM"));
    }
}
