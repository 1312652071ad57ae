package org.peft4j.adapter.bottleneck;

import com.google.gson.JsonPrimitive;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;

/**
 * The factor of a bottleneck's output (He et al. 2022), {@code scaling}.
 *
 * @param kind a given number, or what is trained
 * @param factor the number; 1 where it is trained
 */
public record Scaling(Kind kind, double factor) {

    /** Where the factor comes from. */
    public enum Kind {
        /** A given number. */
        FIXED,
        /** One trained number for each bottleneck, 1 at the start. */
        LEARNED,
        /** A trained number for each element of the residual stream, 1 at the start. */
        CHANNEL
    }

    /** No scaling. */
    public static final Scaling NONE = fixed(1);

    /** One trained number for each bottleneck. */
    public static final Scaling LEARNED = new Scaling(Kind.LEARNED, 1);

    /** A trained number for each element. */
    public static final Scaling CHANNEL = new Scaling(Kind.CHANNEL, 1);

    /** Checks the number. */
    public Scaling {
        if (!(Math.abs(factor) <= Float.MAX_VALUE)) {
            throw new PeftException(
                    "scaling must be a number that float32 has but is " + factor + ".");
        }
    }

    /** A given number. */
    public static Scaling fixed(double factor) {
        return new Scaling(Kind.FIXED, factor);
    }

    static Scaling read(JsonFields json, String key) {
        if (json.object().get(key) instanceof JsonPrimitive value && value.isString()) {
            return switch (value.getAsString()) {
                case "learned" -> LEARNED;
                case "channel" -> CHANNEL;
                default -> throw json.mustBe(key, "a number, \"learned\" or \"channel\"");
            };
        }
        return fixed(json.number(key));
    }

    /** Always with a decimal point: AdapterHub takes no whole numbers here. */
    JsonPrimitive toJson() {
        return switch (kind) {
            case FIXED -> new JsonPrimitive(factor);
            case LEARNED -> new JsonPrimitive("learned");
            case CHANNEL -> new JsonPrimitive("channel");
        };
    }
}
