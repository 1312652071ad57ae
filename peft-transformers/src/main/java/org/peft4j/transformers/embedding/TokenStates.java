package org.peft4j.transformers.embedding;

/**
 * The hidden states of one text's tokens, which lie one behind the other.
 *
 * @param hidden the states of a batch
 * @param start where the first token's begin
 * @param count how many tokens
 * @param width the width of a state
 */
record TokenStates(float[] hidden, int start, int count, int width) {

    float get(int token, int component) {
        return hidden[start + token * width + component];
    }

    void copy(int token, float[] to, int at) {
        System.arraycopy(hidden, start + token * width, to, at, width);
    }
}
