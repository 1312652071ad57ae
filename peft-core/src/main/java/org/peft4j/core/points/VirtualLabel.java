package org.peft4j.core.points;

/**
 * What a virtual token stands for where a causal language model is to predict it, as it does the
 * tokens of a text.
 *
 * @param token the virtual token's number in its row, from 0
 * @param id the token of the vocabulary that should be predicted there, below its size
 * @param weight the factor of its cross entropy; those of the text have 1
 */
public record VirtualLabel(int token, long id, double weight) {

    /** Returns the same label where others come before its virtual token. */
    public VirtualLabel behind(int others) {
        return new VirtualLabel(token + others, id, weight);
    }
}
