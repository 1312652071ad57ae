package org.peft4j.adapter.bottleneck;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;

/** Reads and writes the keys of AdapterHub's {@code BnConfig}, and those that every method has. */
final class BottleneckConfigJson {

    private static final JsonObject NOT_IMPLEMENTED = notImplemented();
    private static final List<String> WITHOUT_EFFECT =
            List.of("inv_adapter_reduction_factor", "init_weights_seed");

    private BottleneckConfigJson() {}

    private static JsonObject notImplemented() {
        JsonObject neutral = new JsonObject();
        neutral.add("inv_adapter", JsonNull.INSTANCE);
        neutral.addProperty("stochastic_depth", 0.0);
        neutral.addProperty("learn_phm", true);
        return neutral;
    }

    static JsonObject write(BottleneckConfig config) {
        JsonObject json = new JsonObject();
        NOT_IMPLEMENTED.deepCopy().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        WITHOUT_EFFECT.forEach(key -> json.add(key, JsonNull.INSTANCE));
        config.origin().writeTo(json, BottleneckConfig.PEFT_TYPE);
        json.addProperty("mh_adapter", config.places().attention());
        json.addProperty("cross_adapter", config.places().crossAttention());
        json.addProperty("output_adapter", config.places().feedForward());
        json.add("leave_out", PeftConfigJson.array(config.places().leaveOut(), JsonPrimitive::new));
        json.add("reduction_factor", config.reductionFactor().toJson());
        json.addProperty("non_linearity", config.nonLinearity().name());
        Norms norms = config.norms();
        json.addProperty("original_ln_before", norms.originalBefore());
        json.addProperty("original_ln_after", norms.originalAfter());
        json.addProperty("ln_before", norms.before());
        json.addProperty("ln_after", norms.after());
        json.add("residual_before_ln", norms.residual().toJson());
        json.addProperty("adapter_residual_before_ln", norms.residualBeforeNorm());
        json.addProperty("is_parallel", config.isParallel());
        json.add("scaling", config.scaling().toJson());
        json.addProperty("use_gating", config.useGating());
        json.addProperty("dropout", config.dropout());
        json.addProperty("init_weights", config.initialization().configName());
        writeHypercomplex(json, config);
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    private static void writeHypercomplex(JsonObject json, BottleneckConfig config) {
        Hypercomplex settings = config.hypercomplex();
        json.addProperty("phm_layer", config.usesHypercomplex());
        json.addProperty("phm_dim", settings.dimension());
        json.addProperty("factorized_phm_W", settings.factorizedWeight());
        json.addProperty("shared_W_phm", settings.sharedWeight());
        json.addProperty("shared_phm_rule", settings.sharedRule());
        json.addProperty("factorized_phm_rule", settings.factorizedRule());
        json.addProperty("phm_c_init", settings.ruleDraw().configName());
        json.addProperty("phm_init_range", settings.range());
        json.addProperty("hypercomplex_nonlinearity", settings.weightDraw().configName());
        json.addProperty("phm_rank", settings.rank());
        json.addProperty("phm_bias", settings.bias());
    }

    static BottleneckConfig read(JsonFields json) {
        return PeftConfigJson.read(json, NOT_IMPLEMENTED, () -> config(json));
    }

    private static BottleneckConfig config(JsonFields json) {
        BottleneckConfigBuilder builder = new BottleneckConfigBuilder();
        builder.origin(AdapterOrigin.read(json));
        builder.places(
                new Places(
                        flag(json, "mh_adapter", false),
                        flag(json, "cross_adapter", false),
                        flag(json, "output_adapter", true),
                        json.optionalIntegers("leave_out").orElse(List.of())));
        if (json.has("reduction_factor")) {
            builder.reductionFactor(ReductionFactor.read(json, "reduction_factor"));
        }
        json.optionalString("non_linearity").ifPresent(builder::nonLinearity);
        builder.norms(
                new Norms(
                        flag(json, "original_ln_before", false),
                        flag(json, "original_ln_after", true),
                        flag(json, "ln_before", false),
                        flag(json, "ln_after", false),
                        json.has("residual_before_ln")
                                ? Residual.read(json, "residual_before_ln")
                                : Residual.OUTPUT,
                        flag(json, "adapter_residual_before_ln", false)));
        builder.isParallel(flag(json, "is_parallel", false));
        if (json.has("scaling")) {
            builder.scaling(Scaling.read(json, "scaling"));
        }
        builder.useGating(flag(json, "use_gating", false));
        json.optionalNumber("dropout").ifPresent(builder::dropout);
        builder.initialization(
                choice(
                        json,
                        "init_weights",
                        BottleneckInitialization.values(),
                        BottleneckInitialization::configName,
                        BottleneckInitialization.BERT));
        builder.usesHypercomplex(flag(json, "phm_layer", false));
        builder.hypercomplex(hypercomplex(json));
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }

    private static Hypercomplex hypercomplex(JsonFields json) {
        Hypercomplex usual = Hypercomplex.DEFAULT;
        return new Hypercomplex(
                json.optionalInt("phm_dim").orElse(usual.dimension()),
                flag(json, "factorized_phm_W", usual.factorizedWeight()),
                flag(json, "shared_W_phm", usual.sharedWeight()),
                flag(json, "shared_phm_rule", usual.sharedRule()),
                flag(json, "factorized_phm_rule", usual.factorizedRule()),
                choice(
                        json,
                        "phm_c_init",
                        Hypercomplex.RuleDraw.values(),
                        Hypercomplex.RuleDraw::configName,
                        usual.ruleDraw()),
                json.optionalNumber("phm_init_range").orElse(usual.range()),
                choice(
                        json,
                        "hypercomplex_nonlinearity",
                        Hypercomplex.WeightDraw.values(),
                        Hypercomplex.WeightDraw::configName,
                        usual.weightDraw()),
                json.optionalInt("phm_rank").orElse(usual.rank()),
                flag(json, "phm_bias", usual.bias()));
    }

    private static boolean flag(JsonFields json, String key, boolean absent) {
        return json.optionalBool(key).orElse(absent);
    }

    private static <E> E choice(
            JsonFields json, String key, E[] values, Function<E, String> name, E absent) {
        String wanted = json.optionalString(key).orElse(name.apply(absent));
        return Arrays.stream(values)
                .filter(value -> name.apply(value).equals(wanted))
                .findFirst()
                .orElseThrow(
                        () ->
                                json.mustBe(
                                        key,
                                        "one of "
                                                + String.join(
                                                        ", ",
                                                        Arrays.stream(values).map(name).toList())));
    }
}
