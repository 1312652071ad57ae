package org.peft4j.transformers.generation.logits;

/**
 * Keeps the k most probable tokens (Fan et al. 2018, section 5.4), and those that are exactly as
 * probable as the last of them.
 *
 * @param k at least 1
 */
public record TopK(int k) implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        float least = Scores.lowestOf(scores, k);
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] < least) {
                scores[id] = Scores.RULED_OUT;
            }
        }
    }
}
