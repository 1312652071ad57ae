package org.peft4j.transformers.generation.logits;

/**
 * Rules out every token that would complete a sequence of n tokens that the prompt or the text has
 * already (Paulus et al. 2017, section 2.5). Padding is no part of a prompt here.
 *
 * @param size n
 */
public record NoRepeatNgrams(int size) implements LogitsProcessor {

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        long[] tail = sequence.last(size - 1);
        if (tail.length < size - 1) {
            return;
        }
        for (int start = 0; start + size <= sequence.length(); start++) {
            long completing = sequence.id(start + size - 1);
            if (completing < scores.length && matches(sequence, start, tail)) {
                scores[(int) completing] = Scores.RULED_OUT;
            }
        }
    }

    private static boolean matches(TokenSequence sequence, int start, long[] tail) {
        for (int i = 0; i < tail.length; i++) {
            if (sequence.id(start + i) != tail[i]) {
                return false;
            }
        }
        return true;
    }
}
