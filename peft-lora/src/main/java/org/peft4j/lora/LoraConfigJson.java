package org.peft4j.lora;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.core.targets.Targets;

/** {@code adapter_config.json} of a LoRA adapter, key by key as peft writes it. */
final class LoraConfigJson {

    /** What peft writes for variants of LoRA that change its numbers and are not implemented. */
    private static final JsonObject NOT_IMPLEMENTED = notImplemented();

    /** What matters to such variants only. */
    private static final JsonObject WITHOUT_EFFECT = withoutEffect();

    private LoraConfigJson() {}

    private static JsonObject notImplemented() {
        JsonObject neutral = new JsonObject();
        for (String key :
                List.of(
                        "alora_invocation_tokens",
                        "arrow_config",
                        "kasa_config",
                        "layer_replication",
                        "megatron_config",
                        "monteclora_config",
                        "target_parameters",
                        "use_bdlora",
                        "velora_config")) {
            neutral.add(key, JsonNull.INSTANCE);
        }
        neutral.addProperty("use_dora", false);
        neutral.addProperty("use_qalora", false);
        return neutral;
    }

    private static JsonObject withoutEffect() {
        JsonObject defaults = new JsonObject();
        defaults.addProperty("megatron_core", "megatron.core");
        defaults.addProperty("qalora_group_size", 16);
        return defaults;
    }

    static JsonObject write(LoraConfig config) {
        JsonObject json = new JsonObject();
        NOT_IMPLEMENTED.deepCopy().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        WITHOUT_EFFECT.entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        config.startSettings().writeTo(json);
        config.origin().writeTo(json, config.peftType());
        json.addProperty("r", config.rank());
        json.add("lora_alpha", PeftConfigJson.number(config.alpha()));
        json.addProperty("lora_dropout", config.dropout());
        Targets targets = config.targets();
        json.add("target_modules", targets.modules().toJson());
        json.add("exclude_modules", PeftConfigJson.patternOrNull(targets.exclude()));
        @Nullable List<Integer> layers = targets.layers();
        json.add(
                "layers_to_transform",
                layers == null
                        ? JsonNull.INSTANCE
                        : PeftConfigJson.array(layers, JsonPrimitive::new));
        json.add("layers_pattern", oneOrMore(targets.layerLists()));
        json.add("rank_pattern", object(config.rankPattern().asMap(), JsonPrimitive::new));
        json.add("alpha_pattern", object(config.alphaPattern().asMap(), PeftConfigJson::number));
        json.addProperty("use_rslora", config.useRslora());
        json.addProperty("bias", config.bias().configName());
        json.addProperty("lora_bias", config.loraBias());
        json.addProperty("fan_in_fan_out", config.fanInFanOut());
        json.add("init_lora_weights", config.initialization().toJson());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        json.addProperty("ensure_weight_tying", config.ensureWeightTying());
        json.add("trainable_token_indices", LoraTokens.toJson(config.trainableTokens()));
        return json;
    }

    private static JsonElement oneOrMore(List<String> names) {
        return switch (names.size()) {
            case 0 -> JsonNull.INSTANCE;
            case 1 -> new JsonPrimitive(names.get(0));
            default -> PeftConfigJson.array(names, JsonPrimitive::new);
        };
    }

    private static <T> JsonObject object(Map<String, T> values, Function<T, JsonPrimitive> toJson) {
        JsonObject object = new JsonObject();
        values.forEach((key, value) -> object.add(key, toJson.apply(value)));
        return object;
    }

    static LoraConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                NOT_IMPLEMENTED,
                () -> {
                    LoraConfigBuilder builder = LoraConfig.builder();
                    fill(builder, json);
                    return builder.build();
                });
    }

    private static void fill(LoraConfigBuilder builder, JsonFields json) {
        builder.origin(AdapterOrigin.read(json));
        builder.useGating(
                json.optionalString("peft_type").equals(Optional.of(LoraConfig.GATED_PEFT_TYPE)));
        json.optionalPositiveInt("r").ifPresent(builder::rank);
        json.optionalNumber("lora_alpha").ifPresent(builder::alpha);
        json.optionalNumber("lora_dropout").ifPresent(builder::dropout);
        builder.targetModules(TargetSpec.read(json, "target_modules"));
        builder.excludeModules(TargetSpec.readPattern(json, "exclude_modules"));
        readLayers(builder, json);
        builder.rankPattern(values(json, "rank_pattern", (fields, key) -> fields.positiveInt(key)));
        builder.alphaPattern(values(json, "alpha_pattern", JsonFields::number));
        json.optionalBool("use_rslora").ifPresent(builder::useRslora);
        json.optionalString("bias").ifPresent(text -> builder.bias(bias(json, text)));
        json.optionalBool("lora_bias").ifPresent(builder::loraBias);
        json.optionalBool("fan_in_fan_out").ifPresent(builder::fanInFanOut);
        if (json.has("init_lora_weights")) {
            builder.initialization(initialization(json));
        }
        builder.startSettings(StartSettings.read(json.object()));
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        json.optionalBool("ensure_weight_tying").ifPresent(builder::ensureWeightTying);
        builder.trainableTokens(LoraTokens.read(json));
    }

    private static void readLayers(LoraConfigBuilder builder, JsonFields json) {
        if (json.object().get("layers_to_transform") instanceof JsonPrimitive) {
            builder.layersToTransform(json.integer("layers_to_transform"));
        } else {
            json.optionalIntegers("layers_to_transform")
                    .ifPresent(list -> builder.layersToTransform(list.toArray(Integer[]::new)));
        }
        if (json.object().get("layers_pattern") instanceof JsonPrimitive) {
            String name = json.string("layers_pattern");
            builder.layersPattern(name.isEmpty() ? new String[0] : new String[] {name});
        } else {
            json.optionalStrings("layers_pattern")
                    .ifPresent(list -> builder.layersPattern(list.toArray(String[]::new)));
        }
    }

    private interface Value<V> {
        V read(JsonFields fields, String key);
    }

    private static <V> Map<String, V> values(JsonFields json, String key, Value<V> value) {
        Map<String, V> values = new LinkedHashMap<>();
        json.optionalObject(key)
                .ifPresent(
                        fields ->
                                fields.object()
                                        .keySet()
                                        .forEach(k -> values.put(k, value.read(fields, k))));
        return values;
    }

    private static LoraBias bias(JsonFields json, String text) {
        for (LoraBias bias : LoraBias.values()) {
            if (bias.configName().equals(text.toLowerCase(Locale.ROOT))) {
                return bias;
            }
        }
        throw json.mustBe("bias", "one of none, all, lora_only");
    }

    private static LoraInitialization initialization(JsonFields json) {
        return LoraInitialization.fromJson(json.object().get("init_lora_weights"))
                .orElseThrow(
                        () ->
                                PeftConfigJson.unsupported(
                                        json,
                                        "init_lora_weights",
                                        "Where it changed the base (pissa, olora, corda, lora_ga,"
                                                + " loftq), convert the adapter to plain LoRA with"
                                                + " peft"));
    }
}
