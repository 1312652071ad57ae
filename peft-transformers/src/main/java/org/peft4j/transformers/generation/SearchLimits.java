package org.peft4j.transformers.generation;

import org.peft4j.core.PeftException;

/**
 * What one call of a generator may hold at a time. Beams and further sequences multiply the rows of
 * a batch, and every row has a score for each token of the vocabulary.
 */
final class SearchLimits {

    /** Rows that settings, not prompts, may make. */
    private static final int MOST_ROWS = 10_000;

    /** The logits of a row, its processed copy, the candidates' and their order. */
    private static final long BYTES_PER_SCORE = 16;

    private SearchLimits() {}

    /**
     * Checks that a search fits.
     *
     * @param prompts how many
     * @param vocabulary the scores of a row
     * @throws PeftException if not; says how many beams or sequences fit
     */
    static void require(GenerationConfig config, int prompts, long vocabulary) {
        boolean search = config.beams().count() > 1;
        int each = search ? config.beams().count() : config.returnSequences();
        long most = Math.max(1, rows(vocabulary) / prompts);
        if (each > 1 && each > most) {
            throw new PeftException(
                    (search ? "numBeams is " : "returnSequences is ")
                            + each
                            + ", but with "
                            + prompts
                            + " prompts, a vocabulary of "
                            + vocabulary
                            + " and this heap at most "
                            + most
                            + " fit. Ask for fewer, or give fewer prompts at a time.");
        }
    }

    private static long rows(long vocabulary) {
        long scores =
                Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 2 / BYTES_PER_SCORE);
        return Math.min(MOST_ROWS, scores / Math.max(1, vocabulary));
    }
}
