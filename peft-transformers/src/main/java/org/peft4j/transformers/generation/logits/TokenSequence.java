package org.peft4j.transformers.generation.logits;

import java.util.Arrays;

/** A prompt, without padding, and what was generated behind it. Immutable. */
public final class TokenSequence {

    private final long[] ids;
    private final int promptLength;

    private TokenSequence(long[] ids, int promptLength) {
        this.ids = ids;
        this.promptLength = promptLength;
    }

    /** A prompt with nothing generated yet. */
    public static TokenSequence ofPrompt(long... prompt) {
        return new TokenSequence(prompt.clone(), prompt.length);
    }

    /** Returns this sequence and one more token. */
    public TokenSequence with(long id) {
        long[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        return new TokenSequence(longer, promptLength);
    }

    /** Returns the number of tokens, the prompt's included. */
    public int length() {
        return ids.length;
    }

    /** Returns the number of generated tokens. */
    public int newLength() {
        return ids.length - promptLength;
    }

    /**
     * Returns a token.
     *
     * @param index counted from the start of the prompt
     */
    public long id(int index) {
        return ids[index];
    }

    /** Returns the newest token. */
    public long last() {
        return ids[ids.length - 1];
    }

    /** Returns the newest tokens, all if there are not as many. */
    public long[] last(int count) {
        return Arrays.copyOfRange(ids, Math.max(0, ids.length - count), ids.length);
    }

    /** Returns the generated tokens. */
    public long[] generated() {
        return Arrays.copyOfRange(ids, promptLength, ids.length);
    }

    /**
     * Returns whether the sequence ends with these tokens.
     *
     * @param tail any tokens
     * @param count how many of the first of them to look for
     */
    boolean endsWith(long[] tail, int count) {
        int start = ids.length - count;
        return start >= 0 && Arrays.equals(ids, start, ids.length, tail, 0, count);
    }
}
