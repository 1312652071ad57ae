package org.peft4j.adapter.hub;

import com.google.gson.JsonObject;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.files.JsonFields;

/** Prefixes in AdapterHub's words and in this library's, which are the same but for the type. */
final class HubPrefix {

    /**
     * A setting of bases that score keys by their distance: AdapterHub's library moves the
     * sequence's keys, and not its queries, behind the prefix there.
     */
    private static final String RELATIVE = "relative_attention_num_buckets";

    private HubPrefix() {}

    /** Returns this library's config. */
    static JsonObject toOurs(JsonFields config, BaseModel base) {
        if (base.config().has(RELATIVE)) {
            throw new BadFileException(
                    config.file(),
                    "is a prefix on a base with relative positions, where the adapters library counts"
                            + " distances as if the prefix stood inside the sequence: it would"
                            + " compute other numbers here",
                    "Train it with Python's peft, or here");
        }
        JsonObject json = config.object().deepCopy();
        json.remove(HubArchitecture.KEY);
        json.addProperty("peft_type", "ATTENTION_PREFIX");
        return json;
    }

    /** Returns AdapterHub's config. */
    static JsonObject toHub(JsonObject settings, BaseModel base) {
        if (base.config().has(RELATIVE)) {
            throw HubWriter.noWords(
                    "a prefix on a base with relative positions, where it counts distances"
                            + " otherwise");
        }
        settings.addProperty(HubArchitecture.KEY, HubArchitecture.PREFIX_TUNING.configName);
        return settings;
    }
}
