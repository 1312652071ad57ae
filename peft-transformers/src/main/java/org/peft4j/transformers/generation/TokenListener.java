package org.peft4j.transformers.generation;

/** Hears of tokens as they are chosen, to show a text while it grows. */
@FunctionalInterface
public interface TokenListener {

    /** Listens to nothing. */
    TokenListener NONE = (row, id) -> {};

    /**
     * Takes one token.
     *
     * @param row which prompt it continues
     * @param id the token; an end token is the row's last
     */
    void onToken(int row, long id);
}
