package org.peft4j.adapter.selective;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.targets.TargetSpec;

/** {@code adapter_config.json} of the selective methods: see the package. */
final class SelectiveConfigJson {

    private SelectiveConfigJson() {}

    static JsonObject write(SelectiveConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, SelectiveConfig.PEFT_TYPE);
        json.addProperty("parameters", config.parameters().configName());
        json.add(
                "module_kinds",
                PeftConfigJson.namesOrNull(
                        config.kinds().stream().sorted().map(ModuleKind::configName).toList()));
        Layers layers = config.layers();
        json.add(
                "layers",
                layers.numbers().isEmpty()
                        ? JsonNull.INSTANCE
                        : PeftConfigJson.array(layers.numbers(), JsonPrimitive::new));
        json.add(
                "last_layers",
                layers.last() == 0 ? JsonNull.INSTANCE : new JsonPrimitive(layers.last()));
        json.add("target_modules", PeftConfigJson.patternOrNull(config.modules()));
        json.add("exclude_modules", PeftConfigJson.patternOrNull(config.exclude()));
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    static SelectiveConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                new JsonObject(),
                () ->
                        new SelectiveConfig(
                                AdapterOrigin.read(json),
                                parameters(json),
                                kinds(json),
                                new Layers(
                                        json.optionalIntegers("layers").orElse(List.of()),
                                        json.optionalPositiveInt("last_layers").orElse(0)),
                                TargetSpec.readPattern(json, "target_modules"),
                                TargetSpec.readPattern(json, "exclude_modules"),
                                json.optionalStrings("modules_to_save").orElse(List.of())));
    }

    private static ParameterKind parameters(JsonFields json) {
        String name = json.optionalString("parameters").orElse("all");
        return Arrays.stream(ParameterKind.values())
                .filter(kind -> kind.configName().equals(name))
                .findFirst()
                .orElseThrow(() -> json.mustBe("parameters", "one of all, weights, biases"));
    }

    private static Set<ModuleKind> kinds(JsonFields json) {
        Set<ModuleKind> kinds = EnumSet.noneOf(ModuleKind.class);
        for (String name : json.optionalStrings("module_kinds").orElse(List.of())) {
            kinds.add(
                    Arrays.stream(ModuleKind.values())
                            .filter(kind -> kind.configName().equals(name))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            json.mustBe(
                                                    "module_kinds",
                                                    "a list of " + ModuleKind.configNames())));
        }
        return kinds;
    }
}
