package org.peft4j.adapter.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.core.files.JsonFields;

/**
 * The kinds of adapters that AdapterHub's format has in common with this library. Methods of other
 * modules are known by their {@code peft_type} alone.
 */
enum HubArchitecture {
    /** {@code BnConfig}, which leaves its name out. */
    BOTTLENECK("bottleneck"),
    /** {@code PrefixTuningConfig}. */
    PREFIX_TUNING("prefix_tuning"),
    /** {@code LoRAConfig}. */
    LORA("lora");

    /** The key of a config that names its architecture. */
    static final String KEY = "architecture";

    /** The architecture of several that act as one. */
    static final String UNION = "union";

    /** What AdapterHub calls it. */
    final String configName;

    HubArchitecture(String configName) {
        this.configName = configName;
    }

    private List<String> peftTypes() {
        return switch (this) {
            case BOTTLENECK -> List.of(BottleneckConfig.PEFT_TYPE);
            case PREFIX_TUNING -> List.of("ATTENTION_PREFIX");
            case LORA -> List.of("LORA", "GATED_LORA");
        };
    }

    private List<String> holders() {
        return switch (this) {
            case BOTTLENECK -> List.of(HubKeys.ADAPTERS, HubKeys.SHARED);
            case PREFIX_TUNING -> List.of(HubKeys.PREFIXES, HubKeys.PREFIX_GATES);
            case LORA -> List.of(HubKeys.LORAS);
        };
    }

    /** Returns the architecture of a config of AdapterHub's, if it is a known one. */
    static Optional<HubArchitecture> of(JsonFields config) {
        JsonElement name = config.object().get(KEY);
        if (!(name instanceof JsonPrimitive)) {
            return Optional.of(BOTTLENECK);
        }
        return named(name.getAsString());
    }

    /** Returns the architecture of a name. */
    static Optional<HubArchitecture> named(String name) {
        return Arrays.stream(values()).filter(a -> a.configName.equals(name)).findFirst();
    }

    /** Returns the architecture of a method of this library, if there is one. */
    static Optional<HubArchitecture> ofType(String peftType) {
        return Arrays.stream(values()).filter(a -> a.peftTypes().contains(peftType)).findFirst();
    }

    /** Returns whether its tensors lie in a holder. */
    boolean has(String holder) {
        return holders().contains(holder);
    }
}
