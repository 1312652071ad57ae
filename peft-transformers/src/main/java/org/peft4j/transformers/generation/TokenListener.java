package org.peft4j.transformers.generation;

/**
 * Hears of tokens as they are chosen, to show a text while it grows. Beam search cannot be listened
 * to: which tokens stay is known only when it ends.
 */
@FunctionalInterface
public interface TokenListener {

    /** Listens to nothing. */
    TokenListener NONE = (row, id) -> {};

    /**
     * Takes one token.
     *
     * @param row which text: that of the prompt of this number, or, with several texts for a
     *     prompt, counted through all of them
     * @param id the token; an end token is the row's last
     */
    void onToken(int row, long id);

    /**
     * Takes the end of a text.
     *
     * @param row which text
     * @param reason why it ended
     */
    default void onEnd(int row, FinishReason reason) {}
}
