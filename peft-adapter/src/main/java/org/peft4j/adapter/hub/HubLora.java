package org.peft4j.adapter.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.LinearRole;

/**
 * LoRA in AdapterHub's words and in peft's. AdapterHub's config says which of a layer's matrices
 * have it; what it calls them is not the same in all families, so the names of the tensors decide.
 */
final class HubLora {

    private static final Map<String, String> NAMES =
            Map.of(
                    "lora_A", "lora_A.weight",
                    "lora_B", "lora_B.weight",
                    "gate.weight", "lora_gate.weight",
                    "gate.bias", "lora_gate.bias");

    private static final String FACTOR = ".lora_A.weight";

    /** Versions before this one computed without the scaling. */
    private static final String UNSCALED_VERSION = "adapters\\.(0|1\\.0)\\..*";

    private HubLora() {}

    /** Returns peft's name of a tensor, behind the module's path. */
    static String toOurs(String hubName) {
        return NAMES.getOrDefault(hubName, HubKeys.LORAS + hubName);
    }

    /**
     * Returns AdapterHub's name of a tensor, if it is one of LoRA's.
     *
     * @param key peft's name with the module's path
     * @param holder what comes between path and name
     */
    static Optional<String> toHub(String key, String holder) {
        return NAMES.entrySet().stream()
                .filter(entry -> key.endsWith("." + entry.getValue()))
                .map(
                        entry ->
                                key.substring(0, key.length() - entry.getValue().length())
                                        + holder
                                        + entry.getKey())
                .findFirst();
    }

    /**
     * Returns the config that peft would have written.
     *
     * @param config AdapterHub's
     * @param version of the library that wrote it, or nothing
     * @param keys peft's names of the tensors
     */
    static JsonObject toOurs(JsonFields config, String version, Set<String> keys, BaseModel base) {
        requireNeutral(config);
        List<String> targets = targets(keys);
        if (targets.isEmpty()) {
            throw new BadFileException(
                    config.file(),
                    "says that the adapter is LoRA, but the file beside it has no tensors of LoRA",
                    "Restore both files of one save");
        }
        for (String target : targets) {
            if (HubLoraPlaces.roleOf(base, target) == LinearRole.QUERY_KEY_VALUE) {
                throw new BadFileException(
                        config.file(),
                        "is LoRA with factors of its own for the queries and the values of "
                                + target
                                + ", which are one matrix in this base",
                        "Train it with Python's peft, which gives such a matrix one pair of"
                                + " factors");
            }
        }
        JsonObject json = new JsonObject();
        boolean gated = config.optionalBool("use_gating").orElse(false);
        json.addProperty("peft_type", gated ? "GATED_LORA" : "LORA");
        int rank = config.optionalPositiveInt("r").orElse(8);
        double alpha = config.optionalNumber("alpha").orElse(8.0);
        json.addProperty("r", rank);
        json.addProperty("lora_alpha", version.matches(UNSCALED_VERSION) ? rank : alpha);
        json.addProperty("lora_dropout", config.optionalNumber("dropout").orElse(0.0));
        json.add("target_modules", PeftConfigJson.array(targets, JsonPrimitive::new));
        return json;
    }

    private static JsonObject notImplemented() {
        JsonObject neutral = new JsonObject();
        neutral.addProperty("composition_mode", "add");
        neutral.addProperty("use_dora", false);
        neutral.add("vera_d", JsonNull.INSTANCE);
        neutral.add("vera_b", JsonNull.INSTANCE);
        return neutral;
    }

    private static void requireNeutral(JsonFields config) {
        for (Map.Entry<String, JsonElement> neutral : notImplemented().entrySet()) {
            String key = neutral.getKey();
            if (config.has(key) && !neutral.getValue().equals(config.object().get(key))) {
                throw PeftConfigJson.unsupported(
                        config, key, "Use an adapter that was trained without it");
            }
        }
    }

    private static List<String> targets(Set<String> keys) {
        return keys.stream()
                .filter(key -> key.endsWith(FACTOR))
                .map(
                        key ->
                                key.substring(
                                        AdapterBuilder.KEY_PREFIX.length(),
                                        key.length() - FACTOR.length()))
                .sorted()
                .toList();
    }

    /**
     * Returns the config that AdapterHub would have written.
     *
     * @param settings peft's
     * @param keys peft's names of the tensors
     * @throws org.peft4j.core.PeftException if AdapterHub has no words for it
     */
    static JsonObject toHub(JsonObject settings, Set<String> keys, BaseModel base) {
        boolean gated = settings.get("peft_type").getAsString().equals("GATED_LORA");
        requirePlain(settings, gated);
        HubLoraPlaces places = HubLoraPlaces.of(new TreeSet<>(targets(keys)), base);
        JsonObject json = new JsonObject();
        json.addProperty(HubArchitecture.KEY, HubArchitecture.LORA.configName);
        json.addProperty("selfattn_lora", !places.matrices().isEmpty());
        json.addProperty("intermediate_lora", places.feedForward());
        json.addProperty("output_lora", places.feedForward());
        json.add("leave_out", PeftConfigJson.array(places.leaveOut(), JsonPrimitive::new));
        json.add("r", settings.get("r"));
        json.add("alpha", settings.get("lora_alpha"));
        json.add("dropout", settings.get("lora_dropout"));
        json.add("attn_matrices", PeftConfigJson.array(places.matrices(), JsonPrimitive::new));
        json.addProperty("init_weights", "lora");
        json.add("init_weights_seed", JsonNull.INSTANCE);
        json.addProperty("use_gating", gated);
        json.add("dtype", JsonNull.INSTANCE);
        notImplemented().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        return json;
    }

    private static void requirePlain(JsonObject settings, boolean gated) {
        JsonObject plain = new JsonObject();
        plain.addProperty("bias", "none");
        plain.addProperty("lora_bias", false);
        plain.add("rank_pattern", new JsonObject());
        plain.add("trainable_token_indices", JsonNull.INSTANCE);
        if (!gated) {
            plain.add("alpha_pattern", new JsonObject());
            plain.addProperty("use_rslora", false);
        }
        plain.entrySet()
                .forEach(
                        entry -> {
                            JsonElement value = settings.get(entry.getKey());
                            if (!entry.getValue().equals(value)) {
                                throw HubWriter.noWords(entry.getKey() + " = " + value);
                            }
                        });
    }
}
