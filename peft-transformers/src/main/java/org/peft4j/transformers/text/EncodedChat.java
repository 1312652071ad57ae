package org.peft4j.transformers.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

/**
 * A chat in tokens.
 *
 * @param ids the tokens
 * @param assistant for each token whether the assistant wrote it
 */
public record EncodedChat(long[] ids, boolean[] assistant) {

    /** Checks the sizes. */
    public EncodedChat {
        if (ids.length != assistant.length) {
            throw new PeftException(
                    ids.length + " tokens need as many marks but have " + assistant.length + ".");
        }
    }

    /** Returns labels to train on: the assistant's tokens, −100 for all others. */
    public long[] labels() {
        long[] labels = ids.clone();
        for (int i = 0; i < labels.length; i++) {
            if (!assistant[i]) {
                labels[i] = TokenBatch.IGNORED;
            }
        }
        return labels;
    }

    boolean hasAnswer() {
        for (boolean mark : assistant) {
            if (mark) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncodedChat that
                && Arrays.equals(ids, that.ids)
                && Arrays.equals(assistant, that.assistant);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + Arrays.hashCode(assistant);
    }
}
