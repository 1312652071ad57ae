package org.peft4j.transformers.generation.logits;

/** Turns scores into log-probabilities: after other processors they need not sum to 1. */
public record Normalization() implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        double normalizer = Scores.logSumExp(scores);
        if (normalizer == Scores.RULED_OUT) {
            return; // nothing is left that could be normalised
        }
        for (int id = 0; id < scores.length; id++) {
            scores[id] = (float) (scores[id] - normalizer);
        }
    }
}
