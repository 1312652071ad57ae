package org.peft4j.transformers.generation;

import org.peft4j.core.PeftException;

/**
 * The distribution that tokens are drawn from. What restricts it acts in the order of the
 * parameters, each on what those before have left.
 *
 * @param temperature divides the logits; 1 leaves them
 * @param topK keeps that many tokens; 0 keeps all
 * @param topP keeps the fewest tokens of this probability together; 1 keeps all
 * @param minP keeps tokens of at least this share of the highest probability; 0 keeps all
 * @param typicalP keeps the most typical tokens of this probability together; 1 keeps all
 * @param epsilonCutoff keeps tokens of at least this probability; 0 keeps all
 * @param etaCutoff the same with a threshold that falls with the entropy; 0 keeps all
 */
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double minP,
        double typicalP,
        double epsilonCutoff,
        double etaCutoff) {

    /** The model's own distribution. */
    public static final Sampling PLAIN = new Sampling(1, 0, 1, 0, 1, 0, 0);

    /** Checks the numbers. */
    public Sampling {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new PeftException(
                    "temperature must be above 0 but is "
                            + temperature
                            + ". To take the most probable token, do not sample.");
        }
        if (topK < 0) {
            throw new PeftException("topK must not be negative but is " + topK + ".");
        }
        requireShare("topP", topP);
        requireShare("minP", minP);
        requireShare("typicalP", typicalP);
        requireShare("epsilonCutoff", epsilonCutoff);
        requireShare("etaCutoff", etaCutoff);
        if (typicalP == 0) {
            throw new PeftException("typicalP must be above 0 but is 0.");
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new PeftException(name + " must lie between 0 and 1 but is " + value + ".");
        }
    }
}
