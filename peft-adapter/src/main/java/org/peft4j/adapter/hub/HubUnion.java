package org.peft4j.adapter.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/**
 * The configs of one adapter of AdapterHub's: those of a {@code ConfigUnion}, or the only one.
 *
 * @param file where they lie
 * @param configs in the order of the file
 */
record HubUnion(JsonFields file, List<JsonFields> configs) {

    private static final String CONFIGS = "configs";

    /**
     * Reads them.
     *
     * @param json the whole file
     * @throws BadFileException if one is of an unknown architecture, or two are of the same
     */
    static HubUnion of(JsonFields json) {
        JsonFields config = json.object("config");
        boolean isUnion =
                config.optionalString(HubArchitecture.KEY)
                        .filter(HubArchitecture.UNION::equals)
                        .isPresent();
        HubUnion union = new HubUnion(json, isUnion ? parts(config) : List.of(config));
        Set<HubArchitecture> seen = EnumSet.noneOf(HubArchitecture.class);
        for (JsonFields each : union.configs) {
            HubArchitecture architecture = architecture(each);
            if (!seen.add(architecture)) {
                throw new BadFileException(
                        json.file(),
                        "is a union of two adapters of the architecture "
                                + architecture.configName
                                + ", whose tensors cannot be told apart",
                        "Save each as an adapter of its own");
            }
        }
        return union;
    }

    private static List<JsonFields> parts(JsonFields config) {
        List<JsonFields> parts = new ArrayList<>();
        if (config.object().get(CONFIGS) instanceof JsonArray array) {
            for (JsonElement element : array) {
                if (element instanceof JsonObject object) {
                    parts.add(JsonFields.of(config.file(), object));
                }
            }
            if (!parts.isEmpty() && parts.size() == array.size()) {
                return parts;
            }
        }
        throw config.mustBe(CONFIGS, "an array of objects");
    }

    /**
     * Returns a config's architecture.
     *
     * @throws BadFileException if it is unknown
     */
    static HubArchitecture architecture(JsonFields config) {
        return HubArchitecture.of(config)
                .orElseThrow(
                        () ->
                                new BadFileException(
                                        config.file(),
                                        "holds an adapter of the architecture "
                                                + config.string(HubArchitecture.KEY)
                                                + ", and only bottleneck, prefix_tuning, lora and"
                                                + " unions of them are read in AdapterHub's format",
                                        "Train it with Python's peft, whose files are read for every"
                                                + " other method"));
    }

    /** Returns the names of the parts. */
    List<String> names() {
        return configs.stream().map(config -> architecture(config).configName).toList();
    }

    /**
     * Returns the only config.
     *
     * @throws BadFileException if there are several
     */
    JsonFields only() {
        if (configs.size() > 1) {
            throw new BadFileException(
                    file.file(),
                    "holds a union of " + names() + ", which is several adapters here",
                    "Load it with Union.load(model, name, directory, new AdapterHub())");
        }
        return configs.get(0);
    }

    /** Returns the config of an architecture. */
    JsonFields part(HubArchitecture architecture) {
        return configs.stream()
                .filter(config -> architecture(config) == architecture)
                .findFirst()
                .orElseThrow(
                        () ->
                                new BadFileException(
                                        file.file(),
                                        "holds " + names() + " and no " + architecture.configName,
                                        "Load what it holds"));
    }

    /** Returns whether a config is the last one. */
    boolean isLast(JsonFields config) {
        return config.equals(configs.get(configs.size() - 1));
    }

    /** Returns whether the tensors of a holder belong to a config; unknown ones are the last's. */
    boolean belongs(String holder, JsonFields config) {
        return configs.size() == 1
                || architecture(config).has(holder)
                || (isLast(config) && configs.stream().noneMatch(c -> architecture(c).has(holder)));
    }
}
