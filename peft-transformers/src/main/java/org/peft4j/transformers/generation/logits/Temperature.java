package org.peft4j.transformers.generation.logits;

/**
 * Divides the scores.
 *
 * @param temperature below 1 for a sharper distribution, above 1 for a flatter one
 */
public record Temperature(double temperature) implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        float divisor = (float) temperature;
        for (int id = 0; id < scores.length; id++) {
            scores[id] /= divisor;
        }
    }
}
