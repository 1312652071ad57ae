package org.peft4j.adapter.bottleneck;

import com.google.gson.JsonPrimitive;
import org.peft4j.core.files.JsonFields;

/** Where the residual connection around a bottleneck begins, {@code residual_before_ln}. */
public enum Residual {
    /** At the sublayer's output: true. */
    OUTPUT,
    /** Behind the layer's own sum, before its norm: {@code post_add}. */
    SUM,
    /** Behind the layer's own sum and norm: false. */
    NORM;

    private static final String POST_ADD = "post_add";

    static Residual read(JsonFields json, String key) {
        if (json.object().get(key) instanceof JsonPrimitive value) {
            if (value.isBoolean()) {
                return value.getAsBoolean() ? OUTPUT : NORM;
            }
            if (value.isString() && value.getAsString().equals(POST_ADD)) {
                return SUM;
            }
        }
        throw json.mustBe(key, "true, false or \"post_add\"");
    }

    JsonPrimitive toJson() {
        return switch (this) {
            case OUTPUT -> new JsonPrimitive(true);
            case SUM -> new JsonPrimitive(POST_ADD);
            case NORM -> new JsonPrimitive(false);
        };
    }
}
