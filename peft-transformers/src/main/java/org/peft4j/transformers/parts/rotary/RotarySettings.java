package org.peft4j.transformers.parts.rotary;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/**
 * The rotary settings of a config.
 *
 * @param theta the base of the frequencies
 * @param dim d of the frequencies: the rotated dimensions of a head, its first ones; where it is
 *     odd, the one behind them is rotated too
 * @param scaling how they stretch beyond the length of pretraining
 */
public record RotarySettings(double theta, int dim, RotaryScaling scaling) {

    private static final String FRACTION = "partial_rotary_factor";

    /**
     * Reads {@code rope_parameters} as transformers 5 writes it, or {@code rope_scaling} and the
     * fields beside it of earlier versions; the latter win, as they do there.
     *
     * @param config the whole {@code config.json}
     * @param maxPositions its {@code max_position_embeddings}
     * @param headDim the width of a head
     * @param keys how the family spells them
     * @throws BadFileException if the type is unknown or a number is missing or wrong
     */
    public static RotarySettings read(
            JsonFields config, int maxPositions, int headDim, RotaryKeys keys) {
        Optional<JsonFields> given =
                config.optionalObject("rope_scaling")
                        .filter(fields -> !fields.object().isEmpty())
                        .or(() -> config.optionalObject("rope_parameters"));
        double outer = config.has(keys.theta()) ? positive(config, keys.theta()) : 10_000;
        if (given.isEmpty()) {
            int dim = dim(config, config, headDim, keys);
            return new RotarySettings(outer, dim, new RotaryScaling.Default());
        }
        JsonFields rope = given.get();
        double theta = rope.has("rope_theta") ? positive(rope, "rope_theta") : outer;
        if (keys.fraction() != null) {
            int dim = dim(config, rope, headDim, keys);
            return new RotarySettings(theta, dim, scaling(config, rope, maxPositions, dim, keys));
        }
        RotaryScaling scaling = scaling(config, rope, maxPositions, headDim, keys);
        if (!(scaling instanceof RotaryScaling.Default)) {
            requireWhole(rope.has(FRACTION) ? rope : config);
        }
        return new RotarySettings(theta, dim(config, rope, headDim, keys), scaling);
    }

    /** Where a family rotates whole heads, transformers reads the part in scalings alone. */
    private static void requireWhole(JsonFields fields) {
        if (fields.has(FRACTION) && fields.number(FRACTION) != 1) {
            throw fields.mustBe(FRACTION, "1 for this family");
        }
    }

    /** What stands among the rotary fields wins. */
    private static int dim(JsonFields config, JsonFields rope, int headDim, RotaryKeys keys) {
        @Nullable String outerKey = keys.fraction();
        if (outerKey == null) {
            return dim(config, "hidden_size", headDim, 1);
        }
        if (rope != config && rope.has(FRACTION)) {
            return dim(rope, FRACTION, headDim, rope.number(FRACTION));
        }
        return config.has(outerKey)
                ? dim(config, outerKey, headDim, config.number(outerKey))
                : dim(config, "hidden_size", headDim, keys.usualFraction());
    }

    private static int dim(JsonFields fields, String key, int headDim, double fraction) {
        int dim = (int) (headDim * fraction);
        if (!(fraction <= 1) || dim < 1 || dim + dim % 2 > headDim) {
            throw fields.mustBe(
                    key,
                    "such that pairs of a head's "
                            + headDim
                            + " dimensions are rotated, at most all of them,");
        }
        return dim;
    }

    private static RotaryScaling scaling(
            JsonFields config, JsonFields rope, int maxPositions, int dim, RotaryKeys keys) {
        String key = rope.has("rope_type") ? "rope_type" : "type";
        String given = rope.optionalString(key).orElse("default");
        Lengths lengths = Lengths.read(config, rope, maxPositions, keys);
        return switch (keys.types().getOrDefault(given, given)) {
            case "default" -> new RotaryScaling.Default();
            case "linear" -> new RotaryScaling.Linear(factor(rope));
            case "dynamic" -> new RotaryScaling.Dynamic(factor(rope), maxPositions);
            case "llama3" -> llama3(rope, lengths.pretrained());
            case "yarn" -> yarn(rope, lengths);
            case "longrope", "su" -> longRope(rope, lengths, dim);
            default ->
                    throw rope.mustBe(
                            key, "one of default, linear, dynamic, llama3, yarn, longrope");
        };
    }

    /**
     * How long sequences may be.
     *
     * @param max now
     * @param pretrained in pretraining
     */
    private record Lengths(int max, int pretrained) {

        /** What stands outside of the rotary fields wins, as in transformers. */
        static Lengths read(JsonFields config, JsonFields rope, int max, RotaryKeys keys) {
            String key = "original_max_position_embeddings";
            int usual = keys.usualPretrained();
            int inner = rope.optionalPositiveInt(key).orElse(max);
            return new Lengths(
                    max, config.optionalPositiveInt(key).orElse(usual == 0 ? inner : usual));
        }

        /** The factor that the config gives, or else how many times longer sequences may be. */
        double factor(JsonFields rope) {
            return rope.has("factor") ? RotarySettings.factor(rope) : (double) max / pretrained;
        }
    }

    private static RotaryScaling llama3(JsonFields rope, int pretrained) {
        double low = positive(rope, "low_freq_factor");
        double high = positive(rope, "high_freq_factor");
        if (high <= low) {
            throw rope.mustBe("high_freq_factor", "above low_freq_factor, " + low + ",");
        }
        return new Llama3Scaling(factor(rope), low, high, pretrained);
    }

    private static RotaryScaling yarn(JsonFields rope, Lengths lengths) {
        double factor = lengths.factor(rope);
        double fast = positiveOr(rope, "beta_fast", 32);
        double slow = positiveOr(rope, "beta_slow", 1);
        if (fast < slow) {
            throw rope.mustBe("beta_fast", "at least beta_slow, " + slow + ",");
        }
        return new YarnScaling(
                factor,
                fast,
                slow,
                rope.optionalBool("truncate").orElse(true),
                rope.has("attention_factor")
                        ? positive(rope, "attention_factor")
                        : yarnAttentionFactor(rope, factor),
                lengths.pretrained());
    }

    private static double yarnAttentionFactor(JsonFields rope, double factor) {
        double numerator = rope.optionalNumber("mscale").orElse(0);
        double denominator = rope.optionalNumber("mscale_all_dim").orElse(0);
        return numerator == 0 || denominator == 0
                ? YarnScaling.suggestedFactor(factor, 1)
                : YarnScaling.suggestedFactor(factor, numerator)
                        / YarnScaling.suggestedFactor(factor, denominator);
    }

    private static RotaryScaling longRope(JsonFields rope, Lengths lengths, int dim) {
        return new LongRopeScaling(
                factors(rope, "short_factor", (dim + 1) / 2),
                factors(rope, "long_factor", (dim + 1) / 2),
                rope.has("attention_factor")
                        ? positive(rope, "attention_factor")
                        : LongRopeScaling.suggestedFactor(
                                lengths.factor(rope), lengths.pretrained()),
                lengths.pretrained());
    }

    private static List<Double> factors(JsonFields rope, String key, int count) {
        List<Double> factors = rope.numbers(key);
        if (factors.size() != count || !factors.stream().allMatch(factor -> factor > 0)) {
            throw rope.mustBe(
                    key, "a list of " + count + " positive numbers, one a pair of dimensions,");
        }
        return factors;
    }

    /** Factors below 1 are rare, but transformers computes with them. */
    private static double factor(JsonFields rope) {
        return positive(rope, "factor");
    }

    /** As in Python, 0 counts as absent. */
    private static double positiveOr(JsonFields fields, String key, double absent) {
        return fields.optionalNumber(key).orElse(0) == 0 ? absent : positive(fields, key);
    }

    /** A number that is positive as PyTorch computes with it, in float32. */
    private static double positive(JsonFields fields, String key) {
        double value = fields.number(key);
        float narrow = (float) value;
        if (!(narrow > 0) || Float.isInfinite(narrow)) {
            throw fields.mustBe(key, "a positive number that a float32 can hold");
        }
        return value;
    }
}
