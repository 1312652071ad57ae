package org.peft4j.transformers.generation.logits;

/** Puts 0 in the place of NaN, and the largest numbers in the place of infinities. */
public final class InvalidValues implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        for (int id = 0; id < scores.length; id++) {
            scores[id] =
                    Float.isNaN(scores[id])
                            ? 0
                            : Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, scores[id]));
        }
    }
}
