package org.peft4j.transformers.generation.logits;

/**
 * Rules out tokens below a probability: ε-sampling, or, where the threshold falls with the entropy
 * of the distribution, η-sampling (Hewitt et al. 2022, sections 4.1 and 4.2).
 */
public final class Cutoff implements LogitsProcessor {

    private final double epsilon;
    private final boolean byEntropy;
    private final int keep;

    private Cutoff(double epsilon, boolean byEntropy, int keep) {
        this.epsilon = epsilon;
        this.byEntropy = byEntropy;
        this.keep = keep;
    }

    /**
     * Rules out what is less probable than ε.
     *
     * @param keep the fewest tokens to keep
     */
    public static Cutoff epsilon(double epsilon, int keep) {
        return new Cutoff(epsilon, false, keep);
    }

    /**
     * Rules out what is less probable than η = min(ε, √ε · exp(−entropy)).
     *
     * @param keep the fewest tokens to keep
     */
    public static Cutoff eta(double epsilon, int keep) {
        return new Cutoff(epsilon, true, keep);
    }

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        double[] probabilities = Scores.probabilities(scores);
        double threshold = epsilon;
        if (byEntropy) {
            double entropy = 0;
            for (double p : probabilities) {
                entropy -= p > 0 ? p * Math.log(p) : 0;
            }
            threshold = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropy));
        }
        below(threshold, keep, probabilities, scores);
    }

    /** Rules out what is below a threshold, but never the highest scores. */
    static void below(double threshold, int keep, double[] probabilities, float[] scores) {
        float kept = Scores.lowestOf(scores, keep);
        for (int id = 0; id < scores.length; id++) {
            if (probabilities[id] < threshold && scores[id] < kept) {
                scores[id] = Scores.RULED_OUT;
            }
        }
    }
}
