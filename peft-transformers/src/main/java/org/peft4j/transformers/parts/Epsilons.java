package org.peft4j.transformers.parts;

import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/** What keeps the root of a norm away from zero. */
public final class Epsilons {

    private Epsilons() {}

    /**
     * Reads one.
     *
     * @param key the field, as {@code rms_norm_eps}
     * @param absent the value where the field is absent
     * @throws BadFileException if it is not from 0 up and below 1
     */
    public static double read(JsonFields config, String key, double absent) {
        double epsilon = config.optionalNumber(key).orElse(absent);
        if (!(epsilon >= 0 && epsilon < 1)) {
            throw config.mustBe(key, "from 0 up and below 1");
        }
        return epsilon;
    }
}
