package org.peft4j.transformers.generation.logits;

/**
 * Makes tokens of the prompt and the text less probable (Keskar et al. 2019, CTRL, section 4.1): a
 * positive score is divided by the penalty, a negative one multiplied.
 *
 * @param penalty above 1 against repetition, below 1 for it
 */
public record RepetitionPenalty(double penalty) implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        float factor = (float) penalty;
        float[] before = new float[sequence.length()];
        for (int i = 0; i < before.length; i++) {
            before[i] = isKnown(sequence.id(i), scores) ? scores[(int) sequence.id(i)] : 0;
        }
        for (int i = 0; i < before.length; i++) {
            if (isKnown(sequence.id(i), scores)) {
                float score = before[i]; // not yet penalised by an earlier occurrence
                scores[(int) sequence.id(i)] = score < 0 ? score * factor : score / factor;
            }
        }
    }

    private static boolean isKnown(long id, float[] scores) {
        return id < scores.length;
    }
}
