package org.peft4j.prompt.prefix;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;

/**
 * Reads and writes the keys of AdapterHub's {@code PrefixTuningConfig}, and those of every method.
 */
final class AttentionPrefixConfigJson {

    private AttentionPrefixConfigJson() {}

    static JsonObject write(AttentionPrefixConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, AttentionPrefixConfig.PEFT_TYPE);
        json.addProperty("encoder_prefix", config.encoderPrefix());
        json.addProperty("cross_prefix", config.crossPrefix());
        json.add("leave_out", PeftConfigJson.array(config.leaveOut(), JsonPrimitive::new));
        json.addProperty("flat", config.flat());
        json.addProperty("prefix_length", config.length());
        json.addProperty("bottleneck_size", config.bottleneckSize());
        json.addProperty("non_linearity", config.nonLinearity().name());
        json.addProperty("dropout", config.dropout());
        json.addProperty("use_gating", config.gating() != Gating.NONE);
        json.addProperty("shared_gating", config.gating() != Gating.SEPARATE);
        json.add("init_weights_seed", JsonNull.INSTANCE); // a seed of Python's
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    static AttentionPrefixConfig read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static AttentionPrefixConfig settings(JsonFields json) {
        AttentionPrefixConfigBuilder builder =
                AttentionPrefixConfig.builder().origin(AdapterOrigin.read(json));
        json.optionalBool("encoder_prefix").ifPresent(builder::encoderPrefix);
        json.optionalBool("cross_prefix").ifPresent(builder::crossPrefix);
        json.optionalIntegers("leave_out")
                .ifPresent(layers -> builder.leaveOut(layers.toArray(Integer[]::new)));
        json.optionalBool("flat").ifPresent(builder::flat);
        json.optionalPositiveInt("prefix_length").ifPresent(builder::length);
        json.optionalPositiveInt("bottleneck_size").ifPresent(builder::bottleneckSize);
        json.optionalString("non_linearity").ifPresent(builder::nonLinearity);
        json.optionalNumber("dropout").ifPresent(builder::dropout);
        builder.gating(gating(json));
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }

    private static Gating gating(JsonFields json) {
        boolean shared = json.optionalBool("shared_gating").orElse(true);
        if (!json.optionalBool("use_gating").orElse(false)) {
            return Gating.NONE;
        }
        return shared ? Gating.SHARED : Gating.SEPARATE;
    }
}
