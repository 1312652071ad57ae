package org.peft4j.transformers.generation.logits;

/** Changes the scores of the next token of one row. Safe for many threads. */
@FunctionalInterface
public interface LogitsProcessor {

    /**
     * Changes scores in place.
     *
     * @param sequence the row's text so far
     * @param scores [vocabulary]: logits, or log-probabilities in beam search; −∞ rules a token out
     */
    void process(TokenSequence sequence, float[] scores);
}
