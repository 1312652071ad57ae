package org.peft4j.adapter.fusion;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;

/**
 * The settings of AdapterFusion (Pfeiffer et al. 2021), one for one those of AdapterHub's {@code
 * AdapterFusionConfig}. Start from {@link #dynamic} or {@link #fixed}.
 *
 * @param origin the base and the task
 * @param adapterNames the bottleneck adapters that are fused, by their names in the model
 * @param query whether queries are mapped
 * @param key whether keys are mapped
 * @param value whether values are mapped
 * @param queryBeforeNorm {@code query_before_ln}: whether queries are read before the layer's own
 *     sum and norm
 * @param regularization whether training draws the map of values to the identity
 * @param residualBefore {@code residual_before}: whether the residual is added to each value rather
 *     than to their mix
 * @param valueBeforeSoftmax {@code value_before_softmax}: whether values are mapped before they are
 *     mixed
 * @param valueInitialized {@code value_initialized}: whether the map of values starts as the
 *     identity
 * @param dropout {@code dropout_prob}: the probability with which a score is zeroed in training;
 *     null for the base's own of attention
 * @param modulesToSave modules that are trained as a whole
 */
public record FusionConfig(
        AdapterOrigin origin,
        List<String> adapterNames,
        boolean query,
        boolean key,
        boolean value,
        boolean queryBeforeNorm,
        boolean regularization,
        boolean residualBefore,
        boolean valueBeforeSoftmax,
        boolean valueInitialized,
        @Nullable Double dropout,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type}; AdapterHub's own files have none. */
    public static final String PEFT_TYPE = "ADAPTER_FUSION";

    private static final JsonObject NOT_IMPLEMENTED = notImplemented();

    /** Checks what goes together. */
    public FusionConfig {
        adapterNames = List.copyOf(adapterNames);
        modulesToSave = List.copyOf(modulesToSave);
        if (adapterNames.size() < 2
                || new LinkedHashSet<>(adapterNames).size() < adapterNames.size()) {
            throw new PeftException(
                    "a fusion needs two or more different adapters (adapter_names), not "
                            + adapterNames
                            + ".");
        }
        if (!query && !key && !value) {
            throw new PeftException(
                    "a fusion must map queries, keys or values; query, key and value are all false.");
        }
        if (dropout != null && !(dropout >= 0 && dropout < 1)) {
            throw new PeftException(
                    "dropout_prob must be from 0 to below 1 but is " + dropout + ".");
        }
    }

    private static JsonObject notImplemented() {
        JsonObject neutral = new JsonObject();
        neutral.addProperty("temperature", false); // changes with every pass, in inference too
        return neutral;
    }

    /** Queries, keys and values mapped, the last drawn to the identity: the paper's. */
    public static FusionConfig dynamic(String... adapterNames) {
        return of(true, List.of(adapterNames));
    }

    /** Queries and keys mapped: AdapterHub's {@code static}. */
    public static FusionConfig fixed(String... adapterNames) {
        return of(false, List.of(adapterNames));
    }

    private static FusionConfig of(boolean value, List<String> names) {
        return new FusionConfig(
                AdapterOrigin.unknown(),
                names,
                true,
                true,
                value,
                false,
                value,
                false,
                true,
                value,
                null,
                List.of());
    }

    static FusionConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                NOT_IMPLEMENTED,
                () -> {
                    boolean value = json.optionalBool("value").orElse(true);
                    var dropout = json.optionalNumber("dropout_prob");
                    return new FusionConfig(
                            AdapterOrigin.read(json),
                            json.strings("adapter_names"),
                            json.optionalBool("query").orElse(true),
                            json.optionalBool("key").orElse(true),
                            value,
                            json.optionalBool("query_before_ln").orElse(false),
                            json.optionalBool("regularization").orElse(value),
                            json.optionalBool("residual_before").orElse(false),
                            json.optionalBool("value_before_softmax").orElse(true),
                            json.optionalBool("value_initialized").orElse(value),
                            dropout.isPresent() ? dropout.getAsDouble() : null,
                            json.optionalStrings("modules_to_save").orElse(List.of()));
                });
    }

    @Override
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        NOT_IMPLEMENTED.deepCopy().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        origin.writeTo(json, PEFT_TYPE);
        json.add("adapter_names", PeftConfigJson.array(adapterNames, JsonPrimitive::new));
        json.addProperty("query", query);
        json.addProperty("key", key);
        json.addProperty("value", value);
        json.addProperty("query_before_ln", queryBeforeNorm);
        json.addProperty("regularization", regularization);
        json.addProperty("residual_before", residualBefore);
        json.addProperty("value_before_softmax", valueBeforeSoftmax);
        json.addProperty("value_initialized", valueInitialized);
        json.add("dropout_prob", dropout == null ? JsonNull.INSTANCE : new JsonPrimitive(dropout));
        json.add("modules_to_save", PeftConfigJson.namesOrNull(modulesToSave));
        return json;
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public List<String> composes() {
        return adapterNames;
    }

    @Override
    public FusionConfig withBaseModel(String nameOrPath) {
        return with(origin.withBase(nameOrPath), dropout, modulesToSave);
    }

    @Override
    public FusionConfig withModulesToSave(List<String> names) {
        return with(origin, dropout, names);
    }

    /** Returns the same settings with another probability of a zero among the scores. */
    public FusionConfig withDropout(double probability) {
        return with(origin, probability, modulesToSave);
    }

    private FusionConfig with(AdapterOrigin from, @Nullable Double drop, List<String> modules) {
        return new FusionConfig(
                from,
                adapterNames,
                query,
                key,
                value,
                queryBeforeNorm,
                regularization,
                residualBefore,
                valueBeforeSoftmax,
                valueInitialized,
                drop,
                modules);
    }
}
