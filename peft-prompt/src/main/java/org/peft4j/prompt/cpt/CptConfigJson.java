package org.peft4j.prompt.cpt;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collections;
import java.util.List;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.VirtualTokens;

/** {@code adapter_config.json} of CPT, key by key as peft writes it. */
final class CptConfigJson {

    private static final String IDS = "cpt_token_ids";
    private static final String MASK = "cpt_mask";
    private static final String TYPES = "cpt_tokens_type_mask";
    private static final String WEIGHTING = "opt_weighted_loss_type";
    private static final String DECAY = "opt_loss_decay_factor";
    private static final String EPSILON = "opt_projection_epsilon";
    private static final String FORMAT_EPSILON = "opt_projection_format_epsilon";
    private static final String TOKENIZER = "tokenizer_name_or_path";

    private CptConfigJson() {}

    static JsonObject write(CptConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, CptConfig.PEFT_TYPE);
        config.virtualTokens().writeTo(json);
        CptContext context = config.context();
        json.add(IDS, PeftConfigJson.array(context.tokenIds(), JsonPrimitive::new));
        json.add(MASK, PeftConfigJson.array(context.mask(), JsonPrimitive::new));
        json.add(TYPES, PeftConfigJson.array(context.types(), JsonPrimitive::new));
        json.addProperty(WEIGHTING, name(config.weighting().type()));
        json.addProperty(DECAY, config.weighting().decay());
        json.addProperty(EPSILON, config.epsilon());
        json.addProperty(FORMAT_EPSILON, config.formatEpsilon());
        json.addProperty(TOKENIZER, config.tokenizer());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    private static String name(LossWeighting.Type type) {
        return switch (type) {
            case NONE -> "none";
            case DECAY -> "decay";
        };
    }

    static CptConfig read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static CptConfig settings(JsonFields json) {
        CptContext context = context(json);
        CptConfigBuilder builder =
                CptConfig.builder()
                        .origin(AdapterOrigin.read(json))
                        .context(context)
                        .weighting(weighting(json));
        if (json.has("num_virtual_tokens")) {
            builder.virtualTokens(VirtualTokens.read(json));
        }
        json.optionalNumber(EPSILON).ifPresent(builder::epsilon);
        json.optionalNumber(FORMAT_EPSILON).ifPresent(builder::formatEpsilon);
        json.optionalString(TOKENIZER).ifPresent(builder::tokenizer);
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }

    /** What is missing is what peft takes: the token 0, and 1 throughout. */
    private static CptContext context(JsonFields json) {
        List<Integer> ids = json.optionalIntegers(IDS).orElse(List.of(0));
        List<Integer> ones = Collections.nCopies(ids.size(), 1);
        return new CptContext(
                ids,
                json.optionalIntegers(MASK).orElse(ones),
                json.optionalIntegers(TYPES).orElse(ones));
    }

    private static LossWeighting weighting(JsonFields json) {
        double decay = json.optionalNumber(DECAY).orElse(1);
        String name = json.optionalString(WEIGHTING).orElse("none");
        return switch (name) {
            case "none" -> new LossWeighting(LossWeighting.Type.NONE, decay);
            case "decay" -> new LossWeighting(LossWeighting.Type.DECAY, decay);
            default -> throw json.mustBe(WEIGHTING, "none or decay");
        };
    }
}
